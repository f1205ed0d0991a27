import { canonicalJson, type RowChange, Unavailable } from '@anamnesis/core';
import type { MappedEvent } from '@anamnesis/fhir';
import type { Observations, Published } from '@anamnesis/runtime';
import type { SignEvents } from '../signing/signing-thread.js';
import type { UnsignedEvent } from '../signing/unsigned-event.js';
import type { Batch, Deliver, Gap } from '../sources/row-source.js';
import type { RowBook } from '../state/row-book.js';
import { type ComposeOptions, composeGapEvent } from './compose-row-events.js';
import { inParts } from './in-parts.js';
import { parkTooLarge } from './park-row.js';
import { publishUntilStored, type PublishUntilOptions } from './publish-until-stored.js';
import type { ReceivedTimes } from './received-times.js';
import { tellChange } from './tell-change.js';

/** Changes that are made into events at a time; meanwhile those before them are signed and stored. */
const partRows = 200;
/** So many parts at most are signed and stored meanwhile: what is made of rows is several times their size. */
const partsAheadMax = 3;

export interface ReceiveRowsOptions extends PublishUntilOptions {
  readonly book: RowBook;
  readonly observations: Pick<Observations, 'note'>;
  readonly times: ReceivedTimes;
  readonly sign: SignEvents;
}

/**
 * The life of a batch: make an event of each change, publish them, and only then keep the position and the rows. What the
 * bus does not take is tried again for as long as it takes; meanwhile nothing behind it is read. Throws `Unavailable` when
 * the source is no longer admitted or `signal` ends it.
 */
export function receiveRowsWith(options: ReceiveRowsOptions): Deliver {
  return async (batch) => {
    const startedAtMs = performance.now();
    try {
      const composing = options.composing();
      if (composing === undefined) throw new Unavailable('registration', 'the source is not admitted');
      const { told, published } = await tell(batch, composing, options);
      parkWhatWasTooLarge(batch, published, { composing, book: options.book });
      options.book.keep(batch.position);
      note(batch, told, options);
      const ms = (performance.now() - startedAtMs) / Math.max(1, told.length);
      // As a sender of messages would have been told.
      for (let count = 0; count < told.length; count++) options.observations.note(composing.source.id, 'AA', ms);
    } catch (problem) {
      options.book.discard();
      throw problem;
    }
  };
}

/** What operators count of an event. */
interface Told {
  readonly type: MappedEvent['type'];
  readonly findings: MappedEvent['resources']['findings'];
}

/** Of the changes in their order; before them, of the gap. */
interface Stored {
  readonly told: readonly Told[];
  readonly published: readonly Published[];
}

async function tell({ gap, changes }: Batch, composing: ComposeOptions, options: ReceiveRowsOptions): Promise<Stored> {
  const told: Told[] = [];
  const published: Published[] = [];
  const { book } = options;
  await inParts(gap === undefined ? changes : [gap, ...changes], {
    size: partRows,
    aheadMax: partsAheadMax,
    make: async (part) => {
      const events = part.map((item) => compose(item, composing, options));
      for (const { event } of events) told.push({ type: event.type, findings: event.resources.findings });
      const rows = book.takeApplied();
      return { rows, signed: await options.sign({ events, rows }, composing) };
    },
    take: async ({ rows, signed }) => {
      book.addSealed(rows, signed.rows);
      published.push(...(await publishUntilStored(signed.records, options)));
    },
  });
  return { told, published };
}

function compose(item: Gap | RowChange, composing: ComposeOptions, { book, times }: ReceiveRowsOptions): UnsignedEvent {
  if (!('op' in item)) return composeGapEvent(item, times.next(''));
  const keyText = canonicalJson(item.key);
  return tellChange(item, { book, composing, receivedAt: times.next(`${item.table} ${keyText}`), keyText });
}

function parkWhatWasTooLarge(
  { gap, changes }: Batch,
  published: readonly Published[],
  { composing, book }: { readonly composing: ComposeOptions; readonly book: RowBook },
): void {
  const ofChanges = gap === undefined ? published : published.slice(1);
  for (const [at, change] of changes.entries())
    if (ofChanges[at] !== 'done' && change.op !== 'd') parkTooLarge(change, composing, book);
}

function note(batch: Batch, told: readonly Told[], { metrics, name }: ReceiveRowsOptions): void {
  for (const { type, findings = [] } of told) {
    if (type === 'row.unmapped') metrics.unmapped.inc({ source: name });
    for (const { rule } of findings) metrics.findings.inc({ source: name, rule });
  }
  for (const op of ['r', 'c', 'u', 'd'] as const) {
    const count = batch.changes.filter((change) => change.op === op).length;
    if (count > 0) metrics.rows.inc({ source: name, op }, count);
  }
  const last: RowChange | undefined = batch.changes.at(-1);
  if (last !== undefined && last.op !== 'r')
    metrics.lagSeconds.set({ source: name }, Math.max(0, (Date.now() - Date.parse(last.at)) / 1000));
}
