import { isIP } from 'node:net';
import { ValidateBy, type ValidationOptions } from 'class-validator';

/** `192.0.2.0/24`, `2001:db8::/32`, or a bare address. */
export function isCidr(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [address = '', length, ...rest] = value.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits < 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
}

export function IsCidr(options?: ValidationOptions): PropertyDecorator {
  const defaultMessage = () => '$property must be an address or CIDR block';
  return ValidateBy({ name: 'isCidr', validator: { validate: isCidr, defaultMessage } }, options);
}
