import { Rejected } from '@anamnesis/core';

// Reads evidence that came from outside. Each throws `Rejected('invalid-evidence')`, naming the member and never its value.

/** The members of an object that has these and no other. */
export function members<Name extends string>(
  value: unknown,
  of: string,
  names: readonly Name[],
): Readonly<Record<Name, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(of, 'is not an object');
  for (const name of names) if (!Object.hasOwn(value, name)) throw wrong(of, `lacks ${name}`);
  if (Object.keys(value).length !== names.length) throw wrong(of, 'has unknown members');
  return value as Readonly<Record<Name, unknown>>;
}

export function literal(value: unknown, name: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw wrong(name, 'is malformed');
  return value;
}

export function whole(value: unknown, name: string, least: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least)
    throw wrong(name, `is not a whole number from ${least}`);
  // JSON can say -0, and two spellings of one number are one too many.
  if (Object.is(value, -0)) throw wrong(name, 'is not a whole number');
  return value;
}

/** Lower-case hexadecimal of exactly `sizeBytes` bytes. */
export function hex(value: unknown, name: string, sizeBytes: number): string {
  if (typeof value !== 'string' || value.length !== sizeBytes * 2 || !/^[0-9a-f]+$/.test(value))
    throw wrong(name, `is not ${sizeBytes} bytes in hex`);
  return value;
}

/** Base64 of at least one byte in the spelling that encoders write: where it is padded, there are several of one value. */
export function base64(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw wrong(name, 'is not base64');
  // Decoding passes over what is not base64, so that only the one spelling comes back as it was.
  if (Buffer.from(value, 'base64').toString('base64') !== value) throw wrong(name, 'is not canonical base64');
  return value;
}

/** The same of base64url, which is not padded; it may be of no byte. */
export function base64Url(value: unknown, name: string): string {
  if (typeof value !== 'string' || Buffer.from(value, 'base64url').toString('base64url') !== value)
    throw wrong(name, 'is not canonical base64url');
  return value;
}

export function list(value: unknown, name: string, lengthMax: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > lengthMax) throw wrong(name, `is not a list of at most ${lengthMax}`);
  return value as readonly unknown[];
}

function wrong(name: string, what: string): Rejected {
  return new Rejected('invalid-evidence', `${name} ${what}`);
}
