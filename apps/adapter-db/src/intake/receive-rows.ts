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
import type { Batch, Deliver } from '../sources/row-source.js';
import type { RowBook } from '../state/row-book.js';
import { type ComposeOptions, composeGapEvent, composeRowEvent } from './compose-row-events.js';
import { publishRows } from './publish-rows.js';
import type { ReceivedTimes } from './received-times.js';

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
      const { records, source } = compose(batch, options);
      await publishUntilStored(records, options);
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

function compose(batch: Batch, options: ReceiveRowsOptions): { records: readonly BusRecord[]; source: string } {
  const { book, times } = options;
  const composing = options.composing();
  if (composing === undefined) throw new Unavailable('registration', 'the source is not admitted');
  const records: BusRecord[] = [];
  if (batch.gap !== undefined) records.push(composeGapEvent(batch.gap, times.next(''), composing));
  for (const change of batch.changes) {
    // Before it is mapped: a row may lead to its patient through one of the same batch, and a deleted one through itself.
    if (change.op !== 'd') book.apply(change);
    const record = composeRowEvent(change, times.next(`${change.table} ${canonicalJson(change.key)}`), composing);
    if (change.op === 'd') book.apply(change);
    records.push(record);
  }
  return { records, source: composing.source.id };
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
  for (const { op } of batch.changes) metrics.rows.inc({ source: name, op });
  const last: RowChange | undefined = batch.changes.at(-1);
  if (last !== undefined && last.op !== 'r')
    metrics.lagSeconds.set({ source: name }, Math.max(0, (Date.now() - Date.parse(last.at)) / 1000));
}
