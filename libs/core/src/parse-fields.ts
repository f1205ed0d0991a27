import { Rejected } from './errors.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Reads members of parsed JSON that came from outside. Each throws `Rejected('invalid-event')` and names the member. */
export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(name, 'an object');
  return value as Fields;
}

export function textOf(from: Fields, field: string): string {
  const value = from[field];
  if (typeof value !== 'string') throw wrong(field, 'a text');
  return value;
}

export function optionalTextOf(from: Fields, field: string): string | undefined {
  return from[field] === undefined ? undefined : textOf(from, field);
}

export function integerOf(from: Fields, field: string): number {
  const value = from[field];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrong(field, 'an integer');
  return value;
}

export function listOf(from: Fields, field: string): readonly unknown[] {
  const value = from[field];
  if (!Array.isArray(value)) throw wrong(field, 'a list');
  return value as readonly unknown[];
}

/** Lower-case hexadecimal of exactly `sizeBytes` bytes. */
export function hexOf(from: Fields, field: string, sizeBytes: number): string {
  const value = textOf(from, field);
  if (!/^[0-9a-f]*$/.test(value) || value.length !== sizeBytes * 2) throw wrong(field, `${sizeBytes} bytes in hex`);
  return value;
}

function wrong(name: string, expected: string): Rejected {
  return new Rejected('invalid-event', `${name} is not ${expected}`);
}
