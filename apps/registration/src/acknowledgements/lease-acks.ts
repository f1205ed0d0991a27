import { AcknowledgementListener, ApplicationAck, Source } from '@anamnesis/store';
import type { AcknowledgementLease } from '@anamnesis/runtime';
import { In } from 'typeorm';
import { parseSourceFact } from '../facilities/source-fact.js';
import type { Registration } from '../registration.js';

export interface LeaseRequest {
  /** Instance of the adapter. */
  readonly adapter: string;
  /** How long it needs; then another instance may have them. */
  readonly forMs: number;
}

/** In one answer. */
const sourcesMax = 20;
const acksMax = 20;

/**
 * Hands the adapter what waits for listeners that are due, the oldest first; until it has said what became of them, or its
 * time is over, no other instance gets anything for these listeners. What it leaves unsaid comes again.
 */
export async function leaseAcks(
  registration: Registration,
  request: LeaseRequest,
): Promise<readonly AcknowledgementLease[]> {
  const { store } = registration;
  const leases: AcknowledgementLease[] = [];
  for (const { id, to } of await dueListeners(registration)) {
    if (!(await lease(registration, id, request))) continue;
    const rows = await store.reader.manager.find(ApplicationAck, {
      where: { sourceId: id, state: 'waiting' },
      order: { seq: 'ASC' },
      take: acksMax,
    });
    const acknowledgements = rows.map((row) => ({
      id: row.id,
      controlId: row.controlId,
      content: row.content.toString('base64'),
    }));
    leases.push({ sourceId: id, to, acknowledgements });
  }
  return leases;
}

async function dueListeners({ store }: Registration): Promise<readonly { readonly id: string; readonly to: string }[]> {
  const { manager } = store.reader;
  const now = new Date().toISOString();
  const waiting: readonly { sourceId: string }[] = await manager.query(
    "SELECT DISTINCT sourceId FROM application_ack WHERE state = 'waiting'",
  );
  if (waiting.length === 0) return [];
  const listeners = await manager.findBy(AcknowledgementListener, { sourceId: In(waiting.map((one) => one.sourceId)) });
  const due = listeners.filter((one) => one.nextAttemptAt <= now && (one.leasedUntil ?? '') < now);
  const sources = await manager.findBy(Source, { id: In(due.map(({ sourceId }) => sourceId)) });
  return sources
    .map(parseSourceFact)
    .flatMap(({ id, applicationAcknowledgementTo: to }) => (to === undefined ? [] : [{ id, to }]))
    .slice(0, sourcesMax);
}

/** One statement, so that of two instances one has it. */
function lease({ store }: Registration, sourceId: string, { adapter, forMs }: LeaseRequest): Promise<boolean> {
  const now = Date.now();
  const [from, until] = [new Date(now).toISOString(), new Date(now + forMs).toISOString()];
  return store.transaction(async (manager) => {
    await manager.query(
      'UPDATE acknowledgement_listener SET leasedBy = ?, leasedUntil = ? WHERE sourceId = ? AND nextAttemptAt <= ? AND (leasedUntil IS NULL OR leasedUntil < ?)',
      [adapter, until, sourceId, from, from],
    );
    return manager.existsBy(AcknowledgementListener, { sourceId, leasedBy: adapter, leasedUntil: until });
  });
}
