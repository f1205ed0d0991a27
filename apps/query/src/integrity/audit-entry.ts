import { createHash } from 'node:crypto';
import { carriedDigest, type CertifiedEvent, merkleRoot, type ReceivedEvent, signedBytes } from '@anamnesis/core';
import type {
  AnchoredBatchRow,
  AnchoredLeaf,
  ChartAssertion,
  Message,
  RemappedEvent,
  TestMessage,
} from '@anamnesis/store';
import type { ReadEntry } from '../archive/archive.js';
import { select } from '../archive/rows.js';
import { leavesOf } from '../evidence/assemble-evidence.js';
import { assertionOf } from '../project/assertion-of.js';
import { type Fact, type FactOf, factOf, type Placed } from '../project/facts.js';
import { remappedKey } from '../project/judge-facts.js';
import { certifiedRow, intakeRow } from '../project/message-rows.js';
import { remappedRow } from '../project/project-remapped.js';
import type { Projection } from '../project/projection.js';
import { statementsOf } from '../project/statements-of.js';
import { testedRow } from '../test-history/tested-row.js';
import { rowOf } from './row-of.js';
import { auditResource } from './audit-resource.js';
import { judgeRecord } from './judge-record.js';
import { type Finding, joined, judgeRow, type Judgement } from './finding.js';

/** What one run of the audit has judged already, and how far it goes. */
export interface Judged {
  /** Of resources (`type/id`) and batches. */
  readonly names: Set<string>;
  /** A resource with more versions is not made again from its first one: see `auditNewest`. */
  readonly versionsMax: number;
}

/** Reads an archive entry again and compares everything that was made of it with what is stored. */
export async function auditEntry(projection: Projection, entry: ReadEntry, judged: Judged): Promise<Judgement> {
  const fact = factOf(entry);
  const isOfEvent = entry.kind === 'certified' || entry.kind === 'test' || entry.kind === 'remapped';
  const eventId = isOfEvent ? (entry.entryKey.split(':')[1] ?? null) : null;
  const subject = eventId !== null && entry.kind !== 'remapped' ? eventId : entry.entryKey;
  if (fact === undefined) {
    const unreadable = { place: 'archive_entry', subject, eventId, fault: 'unreadable' } as const;
    return { subjects: [subject], findings: entry.isErased ? [] : [unreadable] };
  }
  return auditFact(projection, { ...fact, seq: entry.seq, at: entry.at }, judged);
}

async function auditFact(projection: Projection, fact: Placed<Fact>, judged: Judged): Promise<Judgement> {
  switch (fact.kind) {
    case 'certified':
      return auditCertified(projection, fact, judged);
    case 'anchored':
      return auditBatch(projection, fact, judged);
    case 'person':
      return auditAssertion(projection, fact);
    case 'remapped':
      return auditRemapped(projection, fact, judged);
    case 'test':
      return auditTested(projection, fact);
    case 'intake':
      return auditMessage(projection, fact.header.id, intakeRow(fact));
    case 'refused':
      // Its row may say by now that the event was certified: only that there is one is sure.
      return auditMessage(projection, fact.header.id, { id: fact.header.id });
  }
}

async function auditCertified(
  projection: Projection,
  fact: Placed<FactOf<'certified'>>,
  judged: Judged,
): Promise<Judgement> {
  const { header, seq } = fact;
  const eventId = header.event.id;
  const leaf = await rowOf<AnchoredLeaf>(projection, 'anchored_leaf', { eventId });
  const parts: Judgement[] = [
    { subjects: [eventId], findings: judgeBytes(header.event, header.certification, fact.raw) },
    await auditMessage(projection, eventId, certifiedRow(fact, leaf !== undefined)),
    { subjects: [eventId], findings: await judgeLeaf(projection, header, leaf) },
    { subjects: [eventId], findings: await judgeRecord(projection, header) },
  ];
  return joined([...parts, await auditStated(projection, { header, seq }, judged)]);
}

/** Every resource of which the entry says something. */
async function auditStated(
  projection: Projection,
  { header, seq }: Pick<Placed<FactOf<'certified' | 'remapped'>>, 'header' | 'seq'>,
  judged: Judged,
): Promise<Judgement> {
  const parts: Judgement[] = [];
  const stated = statementsOf(header, projection.deploymentKey);
  await projection.reused.load(stated);
  for (const one of stated) {
    const { resourceType, id } = projection.reused.named(one, seq);
    const name = `${resourceType}/${id}`;
    if (judged.names.has(name)) continue;
    judged.names.add(name);
    parts.push(await auditResource(projection, { resourceType, id }, { seq, versionsMax: judged.versionsMax }));
  }
  return joined(parts);
}

async function auditRemapped(
  projection: Projection,
  fact: Placed<FactOf<'remapped'>>,
  judged: Judged,
): Promise<Judgement> {
  const { eventId, mappingVersion, tableVersion, seq } = remappedRow(fact);
  const subject = remappedKey(eventId, { mappingVersion, tableVersion });
  const [row] = await select<RemappedEvent>(
    projection.manager,
    'SELECT seq FROM remapped_event WHERE eventId = ? AND mappingVersion = ? AND tableVersion = ?',
    [eventId, mappingVersion, tableVersion],
  );
  return joined([
    { subjects: [subject], findings: judgeRow({ place: 'remapped_event', subject, eventId }, row, { seq }) },
    await auditStated(projection, fact, judged),
  ]);
}

async function auditTested(projection: Projection, fact: Placed<FactOf<'test'>>): Promise<Judgement> {
  const { event, verdict } = fact.header;
  const row = testedRow(fact);
  // What was refused may be refused for its bytes.
  const findings = verdict.refusal === undefined ? judgeBytes(event, verdict, fact.raw) : [];
  const stored = await rowOf<TestMessage>(projection, 'test_message', { id: event.id });
  const about = { place: 'test_message', subject: event.id, eventId: event.id };
  return { subjects: [event.id], findings: [...findings, ...judgeRow(about, stored, row)] };
}

/** The archived bytes against the digest that the source signed, and the header against what registration signed. */
function judgeBytes(
  event: ReceivedEvent,
  signed: { readonly headerDigest: string; readonly eventId: string },
  raw: Uint8Array,
): readonly Finding[] {
  const isSame =
    digest(raw) === carriedDigest(event) &&
    digest(signedBytes(event)) === signed.headerDigest &&
    event.id === signed.eventId;
  return isSame ? [] : [{ place: 'archive_entry', subject: event.id, eventId: event.id, fault: 'altered' }];
}

async function judgeLeaf(
  projection: Projection,
  { certification: { eventId, leaf } }: CertifiedEvent,
  row: AnchoredLeaf | undefined,
): Promise<readonly Finding[]> {
  if (row === undefined) return [];
  const batch = await rowOf<AnchoredBatchRow>(projection, 'anchored_batch', { batchId: row.batchId });
  const anchored = batch && leavesOf(batch.leaves)[row.position];
  if (anchored !== undefined && Buffer.from(anchored).toString('hex') === leaf) return [];
  return [{ place: 'anchored_leaf', subject: eventId, eventId, fault: 'altered' }];
}

async function auditBatch(projection: Projection, { header }: FactOf<'anchored'>, judged: Judged): Promise<Judgement> {
  const { batchId, root, previousRoot, leaves } = header;
  if (judged.names.has(batchId)) return { subjects: [], findings: [] };
  judged.names.add(batchId);
  const bytes = Buffer.from(leaves.map(({ leaf }) => leaf).join(''), 'hex');
  const about = { place: 'anchored_batch', subject: batchId, eventId: null };
  const row = await rowOf<AnchoredBatchRow>(projection, 'anchored_batch', { batchId });
  const isRoot = Buffer.from(merkleRoot(leavesOf(bytes))).toString('hex') === root;
  const expected = {
    root,
    previousRoot,
    size: leaves.length,
    leaves: bytes,
    anchor: Buffer.from(JSON.stringify(header.anchor), 'utf8'),
    evidence: Buffer.from(JSON.stringify(header.evidence), 'utf8'),
  };
  const findings: Finding[] = isRoot ? [...judgeRow(about, row, expected)] : [{ ...about, fault: 'altered' }];
  for (const { eventId } of leaves) {
    const leaf = await rowOf<AnchoredLeaf>(projection, 'anchored_leaf', { eventId });
    if (leaf === undefined) findings.push({ place: 'anchored_leaf', subject: eventId, eventId, fault: 'missing' });
  }
  return { subjects: [batchId], findings };
}

async function auditAssertion(projection: Projection, { header }: FactOf<'person'>): Promise<Judgement> {
  const row = await rowOf<ChartAssertion>(projection, 'chart_assertion', { id: header.id });
  // A later version of it is an entry of its own, and judged there.
  const expected = row !== undefined && row.version > header.version ? { kind: header.kind } : assertionOf(header);
  const about = { place: 'chart_assertion', subject: header.id, eventId: null };
  return { subjects: [header.id], findings: judgeRow(about, row, expected) };
}

async function auditMessage(projection: Projection, id: string, message: Partial<Message>): Promise<Judgement> {
  const row = await rowOf<Message>(projection, 'message', { id });
  // Rows of before, and of a version that knows no flags, have none.
  const expected = row?.flags === null ? { ...message, flags: null } : message;
  return {
    subjects: [id],
    findings: judgeRow({ place: 'message', subject: id, eventId: row?.eventId ?? null }, row, expected),
  };
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
