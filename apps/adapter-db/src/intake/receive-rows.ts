import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusRecord, EventBus } from '@anamnesis/bus';
import {
  canonicalJson,
  type IntakeRefusal,
  type ReceivedEvent,
  type RowChange,
  sourceRecordKey,
  Unavailable,
} from '@anamnesis/core';
import type { Observations } from '@anamnesis/runtime';
import type { AdapterMetrics } from '../adapter-metrics.js';
import type { Batch, Deliver, Gap } from '../sources/row-source.js';
import type { RowBook } from '../state/row-book.js';
import { type ComposeOptions, composeGapEvent, composeRowEvent, type UnsignedEvent } from './compose-row-events.js';
import { inParts } from './in-parts.js';
import { publishRows } from './publish-rows.js';
import type { ReceivedTimes } from './received-times.js';
import { signEvents } from './sign-events.js';

/** Changes that are made into events at a time; meanwhile those before them are signed and stored. */
const partRows = 200;

export interface ReceiveRowsOptions {
  /** Of the metrics. */
  readonly name: string;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly book: RowBook;
  readonly metrics: AdapterMetrics;
  readonly observations: Pick<Observations, 'note'>;
  readonly times: ReceivedTimes;
  readonly publishTimeoutMs: number;
  /** Between two attempts. */
  readonly retryMs: number;
  readonly signal: AbortSignal;
  /** As registration has it at this moment; undefined: not admitted now. */
  readonly composing: () => ComposeOptions | undefined;
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
      const { records, source } = await composeAndPublish(batch, options);
      options.book.keep(batch.position);
      note(batch, records, options);
      const ms = (performance.now() - startedAtMs) / Math.max(1, records.length);
      // As a sender of messages would have been told.
      for (let count = 0; count < records.length; count++) options.observations.note(source, 'AA', ms);
    } catch (problem) {
      options.book.discard();
      throw problem;
    }
  };
}

async function composeAndPublish(
  batch: Batch,
  options: ReceiveRowsOptions,
): Promise<{ records: readonly BusRecord[]; source: string }> {
  const composing = options.composing();
  if (composing === undefined) throw new Unavailable('registration', 'the source is not admitted');
  const { gap, changes } = batch;
  const items = gap === undefined ? changes : [gap, ...changes];
  const records = await inParts(items, {
    size: partRows,
    make: (part) => {
      const events = part.map((item) => compose(item, composing, options));
      const signed = signEvents(events, composing.identity);
      // Each kind of work by itself, so that what it needs stays in the caches; and while others sign.
      options.book.write();
      return signed;
    },
    take: (part) => publishUntilStored(part, options),
  });
  return { records, source: composing.source.id };
}

function compose(item: Gap | RowChange, composing: ComposeOptions, { book, times }: ReceiveRowsOptions): UnsignedEvent {
  if (!('op' in item)) return composeGapEvent(item, times.next(''), composing);
  // Before it is mapped: a row may lead to its patient through one of the same batch, and a deleted one through itself.
  if (item.op !== 'd') book.apply(item);
  const event = composeRowEvent(item, times.next(`${item.table} ${canonicalJson(item.key)}`), composing);
  if (item.op === 'd') book.apply(item);
  return event;
}

async function publishUntilStored(records: readonly BusRecord[], options: ReceiveRowsOptions): Promise<void> {
  const { bus, publishTimeoutMs: timeoutMs, metrics, retryMs, signal } = options;
  const onTooLarge = (record: BusRecord) => refuse(record, options);
  for (;;) {
    try {
      await publishRows(records, { bus, timeoutMs, onTooLarge });
      return;
    } catch (problem) {
      if (!(problem instanceof Unavailable) || signal.aborted) throw problem;
      metrics.publishFailures.inc();
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Of what no event can be made, this says that it was there. */
async function refuse(
  { header, body }: BusRecord,
  { bus, composing, metrics, name }: ReceiveRowsOptions,
): Promise<void> {
  const { source, receivedAt } = header as unknown as ReceivedEvent;
  metrics.refused.inc({ source: name, reason: 'too-large' });
  const refusal: IntakeRefusal = {
    ...{ id: randomUUID(), facility: source.facility, application: source.application },
    ...{ controlId: source.messageId, messageType: source.messageType, receivedAt, answer: 'none', condition: 207 },
    ...{ location: '', reason: 'the row is larger than this system takes', sizeBytes: body.length },
  };
  const { deploymentKey } = composing() ?? {};
  if (deploymentKey === undefined) throw new Unavailable('registration', 'the source is not admitted');
  const key = sourceRecordKey(deploymentKey, source.facility, source.application);
  await bus.publish('intake.refused', [{ key, header: { ...refusal }, body: new Uint8Array(0) }]);
}

function note(batch: Batch, records: readonly BusRecord[], { metrics, name }: ReceiveRowsOptions): void {
  for (const { header } of records) {
    const { type, resources } = header as unknown as ReceivedEvent;
    if (type === 'row.unmapped') metrics.unmapped.inc({ source: name });
    for (const { rule } of resources.findings ?? []) metrics.findings.inc({ source: name, rule });
  }
  for (const op of ['r', 'c', 'u', 'd'] as const) {
    const count = batch.changes.filter((change) => change.op === op).length;
    if (count > 0) metrics.rows.inc({ source: name, op }, count);
  }
  const last: RowChange | undefined = batch.changes.at(-1);
  if (last !== undefined && last.op !== 'r')
    metrics.lagSeconds.set({ source: name }, Math.max(0, (Date.now() - Date.parse(last.at)) / 1000));
}
