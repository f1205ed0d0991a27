import type { Row, RowValue } from '@anamnesis/core';

/** A row as the command `dump` of `AccessWriter.java` writes what Jackcess reads. */
export function dumpedLine(table: string, row: Row): string {
  return [table, ...Object.entries(row).map(([column, value]) => `${column}=${textOf(value)}`)].join('\t');
}

function textOf(value: RowValue): string {
  if (typeof value === 'object' && value !== null) return `bytes:${value.base64}`;
  if (typeof value !== 'string') return String(value);
  return `text:${Buffer.from(value, 'utf8').toString('base64')}`;
}
