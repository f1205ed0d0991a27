const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Fewer digits than this are exact in a double. */
const digitsSafe = 15;

/**
 * JSON as Debezium writes it, where integers have 64 bits: those that a double cannot hold come as text with their digits.
 * Throws `SyntaxError` for what is no JSON.
 */
export function parseLossless(text: string): unknown {
  const quoted = text.replace(tokens, (token) => (isUnsafeInteger(token) ? `"${token}"` : token));
  return JSON.parse(quoted);
}

function isUnsafeInteger(token: string): boolean {
  if (token.length <= digitsSafe || !/^-?\d+$/.test(token)) return false;
  return !Number.isSafeInteger(Number(token));
}
