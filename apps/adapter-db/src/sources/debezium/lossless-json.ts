import { rewriteNumbers } from '../json-numbers.js';

/** Fewer digits than this are exact in a double. */
const digitsSafe = 15;

/**
 * JSON as Debezium writes it, where integers have 64 bits: numbers that a double cannot hold come as text with their digits,
 * and halves of characters, which no other JSON could hold, as U+FFFD. Throws `SyntaxError` for what is no JSON.
 */
export function parseLossless(text: string): unknown {
  const quoted = rewriteNumbers(text, (digits) => (isUnsafe(digits) ? `"${digits}"` : digits));
  return halfCharacter.test(quoted) ? JSON.parse(quoted, wellFormed) : JSON.parse(quoted);
}

function isUnsafe(digits: string): boolean {
  const number = Number(digits);
  if (digits.length <= digitsSafe || !/^-?\d+$/.test(digits)) return !Number.isFinite(number);
  return !Number.isSafeInteger(number);
}

const halfCharacter = /\\u[dD][89a-fA-F]/;

function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
