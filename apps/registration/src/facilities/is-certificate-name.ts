import { ValidateBy, type ValidationOptions } from 'class-validator';

const lengthMax = 500;
const fingerprint = /^sha256:[0-9a-f]{64}$/;
/** `CN=adt.example,O=Hospital`: one attribute at least, separated by commas that are not escaped. */
const subject = /^subject:\s*[A-Za-z][A-Za-z0-9.]*=(\\.|[^\\,\r\n])+(,\s*[A-Za-z][A-Za-z0-9.]*=(\\.|[^\\,\r\n])+)*$/;

/** How a source's client certificate is named: by the digest of one, or by the subject that renewed ones share. */
export function isCertificateName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= lengthMax && (fingerprint.test(value) || subject.test(value));
}

export function IsCertificateName(options?: ValidationOptions): PropertyDecorator {
  const defaultMessage = () => '$property must be sha256:<64 hex digits> or subject:<RFC 2253 name>';
  return ValidateBy({ name: 'isCertificateName', validator: { validate: isCertificateName, defaultMessage } }, options);
}
