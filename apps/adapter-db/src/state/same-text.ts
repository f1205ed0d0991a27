import type { RowValue } from '@anamnesis/core';

/**
 * Keys that are other values and the same text, as a number and its digits: a column that became text has the same rows, and
 * the column that refers to it may be of the other type. They make the same resource.
 */
export function keysOfSameText(key: readonly RowValue[]): readonly (readonly RowValue[])[] {
  let forms: readonly (readonly RowValue[])[] = [[]];
  for (const value of key) forms = formsOf(value).flatMap((form) => forms.map((before) => [...before, form]));
  return forms.filter((form) => form.some((value, at) => value !== key[at]));
}

const digits = /^(?:0|-?[1-9]\d*)$/;

function formsOf(value: RowValue): readonly RowValue[] {
  if (typeof value === 'number') return [value, String(value)];
  const isNumber = typeof value === 'string' && digits.test(value) && Number.isSafeInteger(Number(value));
  return isNumber ? [value, Number(value)] : [value];
}
