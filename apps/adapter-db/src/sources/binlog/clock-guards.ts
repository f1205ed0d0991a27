import { aheadMsMax } from '@anamnesis/fhir';
import type { BinlogPlace } from './binlog-place.js';
import type { LogItem } from './event-reader.js';
import { microsOf } from './micros.js';

/** A long transaction is dated by its statements, and committed after others that began later. */
const backMsMax = 60 * 60_000;

export interface ClockGuard {
  readonly guard: 'clock-ahead' | 'clock-back';
  readonly table: string;
}

/** Rows that are dated by a clock that is wrong, or was set back: one guard of each kind, with the table of its first row. */
export function clockGuards(items: readonly LogItem[], { at }: BinlogPlace): readonly ClockGuard[] {
  const nowMs = Date.now();
  const lastMs = Math.min(microsOf(at) / 1000, nowMs);
  const first = (guard: ClockGuard['guard'], isWrong: (atMs: number) => boolean): readonly ClockGuard[] => {
    for (const item of items) if (item.kind === 'row' && isWrong(item.atMs)) return [{ guard, table: item.table }];
    return [];
  };
  return [
    ...first('clock-ahead', (atMs) => atMs > nowMs + aheadMsMax),
    ...first('clock-back', (atMs) => atMs < lastMs - backMsMax),
  ];
}
