import type { BusRecord, EventBus } from '@anamnesis/bus';
import { type Mapped, Rejected } from '@anamnesis/core';
import { within } from '@anamnesis/runtime';

/** Bytes in one publish, unless one record alone is larger: each is copied on its way to the log. */
const publishBytesMax = 8 * 1024 * 1024;

export interface PublishOptions {
  readonly bus: Pick<EventBus, 'publish'>;
  readonly timeoutMs: number;
  /** Of a record that is too large for the bus, whatever is left out of it. */
  readonly onTooLarge: (record: BusRecord) => Promise<void>;
}

/**
 * Publishes the events of one source in their order. One that is too large goes without what was derived from it. Throws
 * `Unavailable`; the same again is the same events.
 */
export async function publishRows(records: readonly BusRecord[], options: PublishOptions): Promise<void> {
  for (const part of parts(records)) {
    try {
      await publish(part, options);
    } catch (problem) {
      if (!(problem instanceof Rejected)) throw problem;
      for (const record of part) await publishAlone(record, options);
    }
  }
}

async function publishAlone(record: BusRecord, options: PublishOptions): Promise<void> {
  for (const one of [record, withoutStatements(record)]) {
    try {
      await publish([one], options);
      return;
    } catch (problem) {
      if (!(problem instanceof Rejected)) throw problem;
    }
  }
  await options.onTooLarge(record);
}

function publish(records: readonly BusRecord[], { bus, timeoutMs }: PublishOptions): Promise<void> {
  return within(bus.publish('clinical.received', records), { timeoutMs, dependency: 'bus' });
}

function withoutStatements(record: BusRecord): BusRecord {
  const resources: Mapped = {
    ...{ name: 'unmapped', version: 1, statements: [] },
    warnings: ['resources left out: with them the record is over the limit of the bus'],
  };
  return { ...record, header: { ...record.header, resources } };
}

function* parts(records: readonly BusRecord[]): Generator<readonly BusRecord[]> {
  let part: BusRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    if (part.length > 0 && bytes + record.body.length > publishBytesMax) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += record.body.length;
  }
  if (part.length > 0) yield part;
}
