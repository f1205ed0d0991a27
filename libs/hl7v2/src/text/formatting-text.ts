/** More than a page of empty lines or spaces is no formatting. */
const repeatMax = 100;

/** The text that a formatting command of FT (v2.9 §2.7.6) stands for; undefined when the body is none. */
export function formattingText(body: string): string | undefined {
  const found = /^\.(br|sp|sk|in|ti|fi|nf|ce) ?([+-]?\d{0,4})$/i.exec(body);
  if (found === null) return undefined;
  const count = Math.min(repeatMax, Math.max(1, Number(found[2]) || 1));
  const command = found[1]?.toLowerCase() ?? '';
  if (command === 'br' || command === 'ce') return '\n';
  if (command === 'sp') return '\n'.repeat(count);
  return command === 'sk' ? ' '.repeat(count) : '';
}
