import type { BusRecord, EventBus } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import { type Published, publishReceived } from '@anamnesis/runtime';

const publishBytesMax = 8 * 1024 * 1024;

export interface PublishOptions {
  readonly bus: Pick<EventBus, 'publish'>;
  readonly timeoutMs: number;
  /** Of a record that is too large for the bus, whatever is left out of it. */
  readonly onTooLarge: (record: BusRecord) => Promise<void>;
}

/**
 * Publishes the events of one source in their order, and says what became of each. Throws `Unavailable`; the same again is
 * the same events.
 */
export async function publishRows(
  records: readonly BusRecord[],
  { bus, timeoutMs, onTooLarge }: PublishOptions,
): Promise<readonly Published[]> {
  const publications = records.map((record) => [record]);
  const published = await publishReceived(publications, { bus, timeoutMs, bytesMax: publishBytesMax });
  if (published.at(-1) === 'unavailable') throw new Unavailable('bus', 'the events cannot be stored now');
  for (const [at, record] of records.entries()) if (published[at] === 'too-large') await onTooLarge(record);
  return published;
}
