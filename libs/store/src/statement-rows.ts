import { statementBytesMax } from './store-limits.js';

/**
 * Rows cut into statements: at most `rowsMax` rows each, and no more bytes than `statementBytesMax`, beyond which only a row
 * that is larger alone goes. A server refuses what exceeds its packet, and the driver holds every statement twice.
 */
export function* statementRows<Row extends object>(rows: readonly Row[], rowsMax: number): Generator<readonly Row[]> {
  let taken: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const rowBytes = bytesOf(row);
    if (taken.length > 0 && (taken.length === rowsMax || bytes + rowBytes > statementBytesMax)) {
      yield taken;
      [taken, bytes] = [[], 0];
    }
    taken.push(row);
    bytes += rowBytes;
  }
  if (taken.length > 0) yield taken;
}

function bytesOf(row: object): number {
  let bytes = 0;
  for (const value of Object.values(row) as unknown[])
    if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length;
  return bytes;
}
