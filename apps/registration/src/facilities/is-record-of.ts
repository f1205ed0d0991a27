import { ValidateBy } from 'class-validator';

const entriesMax = 200;
const lengthMax = 255;

/** An object used as a map, of texts or of counts; bounded. */
export function IsRecordOf(kind: 'text' | 'count'): PropertyDecorator {
  const isValue = (value: unknown): boolean =>
    kind === 'text'
      ? typeof value === 'string' && value !== '' && value.length <= lengthMax
      : Number.isSafeInteger(value) && Number(value) >= 0;
  const validate = (map: unknown): boolean => {
    if (typeof map !== 'object' || map === null) return false;
    const entries = Object.entries(map);
    return entries.length <= entriesMax && entries.every(([name, value]) => name.length <= lengthMax && isValue(value));
  };
  const defaultMessage = () => `$property must map names to ${kind}s`;
  return ValidateBy({ name: 'isRecordOf', validator: { validate, defaultMessage } });
}
