import type { BusRecord } from '@anamnesis/bus';
import type { Mapped } from '@anamnesis/core';

/**
 * The record of an event without what was derived from its bytes, which query can derive again. What was found odd in
 * them, and what the sender asks for, stays.
 */
export function withoutStatements(record: BusRecord): BusRecord {
  const { key, header, body } = record;
  const resources: Mapped = {
    ...(header['resources'] as Partial<Mapped> | undefined),
    ...{ name: 'unmapped', version: 1, statements: [] },
    warnings: ['resources left out: with them the record is over the limit of the bus'],
  };
  return { key, header: { ...header, resources }, body };
}
