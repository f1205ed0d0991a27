import type { BusRecord, EventBus } from '@anamnesis/bus';
import { Rejected, Unavailable } from '@anamnesis/core';
import { within } from '@anamnesis/runtime';
import { withoutStatements } from './compose-events.js';

/** Bytes in one publish, unless one record alone is larger: each is copied on its way to the log. */
const publishBytesMax = 24 * 1024 * 1024;

/** The records of one message. */
export type Publication = readonly BusRecord[];

/** `without-resources`: durable, but too large for the bus with what was derived from it. */
export type Published = 'done' | 'without-resources' | 'too-large' | 'unavailable';

export interface PublishOptions {
  readonly bus: EventBus;
  readonly timeoutMs: number;
}

/**
 * Publishes messages of one connection in their order, in one call where possible. After one that the bus did not take
 * for now none behind it is tried, so that nothing overtakes it when it is sent again. Throws only on defects.
 */
export async function publishArrivals(
  publications: readonly Publication[],
  options: PublishOptions,
): Promise<readonly Published[]> {
  if (publications.length === 0) return [];
  try {
    await publishAll(publications.flat(), options);
    return publications.map(() => 'done');
  } catch (problem) {
    if (problem instanceof Unavailable) return publications.map(() => 'unavailable');
    if (!(problem instanceof Rejected)) throw problem;
    return publishEach(publications, options);
  }
}

/** One of them is too large: which, only trying tells. What was stored is stored again under the same ids. */
async function publishEach(
  publications: readonly Publication[],
  options: PublishOptions,
): Promise<readonly Published[]> {
  const results: Published[] = [];
  for (const publication of publications)
    results.push(results.includes('unavailable') ? 'unavailable' : await publishOne(publication, options));
  return results;
}

async function publishOne(publication: Publication, options: PublishOptions): Promise<Published> {
  const attempts = [
    { records: publication, result: 'done' },
    { records: publication.map((record) => withoutStatements(record)), result: 'without-resources' },
  ] as const;
  for (const { records, result } of attempts) {
    try {
      await publishAll(records, options);
      return result;
    } catch (problem) {
      if (problem instanceof Unavailable) return 'unavailable';
      if (!(problem instanceof Rejected)) throw problem;
    }
  }
  return 'too-large';
}

async function publishAll(records: readonly BusRecord[], { bus, timeoutMs }: PublishOptions): Promise<void> {
  for (const part of parts(records))
    await within(bus.publish('clinical.received', part), { timeoutMs, dependency: 'bus' });
}

function parts(records: readonly BusRecord[]): readonly (readonly BusRecord[])[] {
  const all: BusRecord[][] = [[]];
  let bytes = 0;
  for (const record of records) {
    const last = all.at(-1);
    if (last === undefined || (last.length > 0 && bytes + record.body.length > publishBytesMax)) {
      all.push([record]);
      bytes = record.body.length;
    } else {
      last.push(record);
      bytes += record.body.length;
    }
  }
  return all;
}
