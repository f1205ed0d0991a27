/** Of the second that was asked for last: rows of one transaction are told at times that follow each other. */
let known = { second: 0, text: '1970-01-01T00:00:00' };

/** ISO 8601 UTC with six digits: texts sort as the times do. */
export function microsText(micros: number): string {
  const second = Math.floor(micros / 1_000_000);
  if (second !== known.second) known = { second, text: new Date(second * 1000).toISOString().slice(0, 19) };
  return `${known.text}.${String(micros % 1_000_000).padStart(6, '0')}Z`;
}

export function microsOf(text: string): number {
  const fraction = /\.(\d{1,6})/.exec(text)?.[1] ?? '';
  return Date.parse(`${text.slice(0, 19)}Z`) * 1000 + Number(fraction.padEnd(6, '0'));
}
