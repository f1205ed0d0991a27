import type { BusRecord, EventBus } from '@anamnesis/bus';
import { Rejected, Unavailable } from '@anamnesis/core';
import { within } from '../process/within.js';
import { withoutStatements } from './without-statements.js';

/** The records of one message, or of one row. */
export type Publication = readonly BusRecord[];

/** `without-resources`: durable, but too large for the bus with what was derived from it. */
export type Published = 'done' | 'without-resources' | 'too-large' | 'unavailable';

export interface PublishReceivedOptions {
  readonly bus: Pick<EventBus, 'publish'>;
  readonly timeoutMs: number;
  /** Bytes in one publish, unless one record alone is larger: each is copied on its way to the log. */
  readonly bytesMax: number;
}

/**
 * Publishes the events of one sender in their order, in as few calls as their size allows. After one that the bus did not
 * take for now none behind it is tried, so that nothing overtakes it when it is sent again. One that is too large goes
 * without what was derived from it. Throws only on defects.
 */
export async function publishReceived(
  publications: readonly Publication[],
  options: PublishReceivedOptions,
): Promise<readonly Published[]> {
  const results: Published[] = [];
  for (const some of together(publications, options.bytesMax)) {
    const isAway = results.at(-1) === 'unavailable';
    results.push(...(isAway ? some.map(() => 'unavailable' as const) : await publishSome(some, options)));
  }
  return results;
}

async function publishSome(
  publications: readonly Publication[],
  options: PublishReceivedOptions,
): Promise<readonly Published[]> {
  const result = await tryPublish(publications.flat(), options);
  return result === 'too-large' ? publishEach(publications, options) : publications.map(() => result);
}

/** One of them is too large: which, only trying tells. What was stored is stored again under the same ids. */
async function publishEach(
  publications: readonly Publication[],
  options: PublishReceivedOptions,
): Promise<readonly Published[]> {
  const results: Published[] = [];
  for (const publication of publications)
    results.push(results.at(-1) === 'unavailable' ? 'unavailable' : await publishOne(publication, options));
  return results;
}

async function publishOne(publication: Publication, options: PublishReceivedOptions): Promise<Published> {
  const whole = await tryPublish(publication, options);
  if (whole !== 'too-large') return whole;
  const bare = await tryPublish(publication.map(withoutStatements), options);
  return bare === 'done' ? 'without-resources' : bare;
}

async function tryPublish(
  records: readonly BusRecord[],
  { bus, timeoutMs, bytesMax }: PublishReceivedOptions,
): Promise<'done' | 'too-large' | 'unavailable'> {
  try {
    for (const part of parts(records, ({ body }) => body.length, bytesMax))
      await within(bus.publish('clinical.received', part), { timeoutMs, dependency: 'bus' });
    return 'done';
  } catch (problem) {
    if (problem instanceof Unavailable) return 'unavailable';
    if (problem instanceof Rejected) return 'too-large';
    throw problem;
  }
}

/** The records of one publication stay beside each other, and are parted only where they alone are too many bytes. */
function together(publications: readonly Publication[], bytesMax: number): Iterable<readonly Publication[]> {
  return parts(publications, (records) => records.reduce((bytes, { body }) => bytes + body.length, 0), bytesMax);
}

function* parts<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  bytesMax: number,
): Generator<readonly Item[]> {
  let part: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (part.length > 0 && bytes + size > bytesMax) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(item);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
