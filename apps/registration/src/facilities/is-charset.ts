import { canonicalCharset } from '@anamnesis/hl7v2';
import { ValidateBy, type ValidationOptions } from 'class-validator';

/** A character set that messages can be decoded with: a name of HL7 table 0211, or one that decoders know. */
export function IsCharset(options?: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && canonicalCharset(value) !== undefined;
  const defaultMessage = (): string => 'charset is not a known character set';
  return ValidateBy({ name: 'isCharset', validator: { validate, defaultMessage } }, options);
}
