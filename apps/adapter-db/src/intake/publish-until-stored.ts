import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BusRecord, EventBus } from '@anamnesis/bus';
import { type IntakeRefusal, type ReceivedEvent, sourceRecordKey, Unavailable } from '@anamnesis/core';
import type { Published } from '@anamnesis/runtime';
import type { AdapterMetrics } from '../adapter-metrics.js';
import type { ComposeOptions } from './compose-row-events.js';
import { publishRows } from './publish-rows.js';

export interface PublishUntilOptions {
  /** Of the metrics. */
  readonly name: string;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly metrics: AdapterMetrics;
  readonly publishTimeoutMs: number;
  /** Between two attempts. */
  readonly retryMs: number;
  readonly signal: AbortSignal;
  /** As registration has it at this moment; undefined: not admitted now. */
  readonly composing: () => ComposeOptions | undefined;
}

/** Tries for as long as it takes, and says what became of each. Throws `Unavailable` when `signal` ends it. */
export async function publishUntilStored(
  records: readonly BusRecord[],
  options: PublishUntilOptions,
): Promise<readonly Published[]> {
  const { bus, publishTimeoutMs: timeoutMs, metrics, retryMs, signal } = options;
  const onTooLarge = (record: BusRecord) => refuse(record, options);
  for (;;) {
    try {
      return await publishRows(records, { bus, timeoutMs, onTooLarge });
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
  { bus, composing, metrics, name }: PublishUntilOptions,
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
