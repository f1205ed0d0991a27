import { canonicalJson } from '@anamnesis/core';
import type { ResourceCurrent, ResourceIndex, ResourceVersion } from '@anamnesis/store';
import { select } from '../archive/rows.js';
import { indexEntries } from '../project/index-entries.js';
import { namesOf, type Projection } from '../project/projection.js';
import { stateFrom } from '../project/sealed-state.js';
import { type Finding, judgeRow, type Judgement } from './finding.js';
import { readTogether } from './read-together.js';
import { replayVersions, type Version } from './replay-versions.js';
import { listedSayings, listersOf } from './with-ends.js';

interface ResourceReference {
  readonly resourceType: string;
  readonly id: string;
}

interface ResourceAudit {
  /** An archive entry known to speak of it, whatever the stored versions say. */
  readonly seq: number;
  /** With more versions only those that the entry made are looked at, and the present. */
  readonly versionsMax: number;
}

/**
 * Makes every version of a resource again from the archive and compares it with what is stored, with the row of its
 * present and with its index.
 */
export async function auditResource(
  projection: Projection,
  { resourceType, id }: ResourceReference,
  { seq, versionsMax }: ResourceAudit,
): Promise<Judgement> {
  const { manager } = projection;
  const newest = await newestOf(projection, { resourceType, id });
  if (newest !== undefined && newest.versionId > versionsMax)
    return auditNewest(projection, { resourceType, id }, { seq, newest });
  const name = `${resourceType}/${id}`;
  const rows = await select<ResourceVersion>(
    manager,
    'SELECT * FROM resource_version WHERE resourceType = ? AND resourceId = ? ORDER BY versionId',
    [resourceType, id],
  );
  await projection.openKeys(rows.map(({ recordKey }) => recordKey));
  const { merges, grouping, ...together } = await readTogether(projection, { resourceType, id });
  const group = { resourceType, members: merges.ids };
  const known = [...new Set([seq, ...(await projection.seqsOf(group))])];
  const own = await projection.sayings(known, namesOf(group));
  const listers = listersOf(own.sayings);
  const said =
    listers.length === 0 ? own : await listedSayings(projection, { resourceType, id }, { seqs: known, listers });
  // An entry that does not open is a finding of its own; without it nothing can be said about what it made.
  if (said.isIncomplete || merges.isIncomplete) return { subjects: [], findings: [] };
  const told = { sayings: said.sayings, changes: merges.changes };
  const expected = replayVersions({ resourceType, id }, told, grouping);
  const versions = judgeVersions(projection, name, { rows, expected });
  const last = expected.at(-1);
  const present = last === undefined ? [] : await judgePresent(projection, name, { last, first: expected[0] ?? last });
  const subjects = [
    name,
    ...rows.map(({ versionId }) => `${name}/${versionId}`),
    ...versions.map(({ subject }) => subject),
  ];
  return { subjects, findings: [...versions, ...present, ...together.judge(said.sayings)] };
}

/** Of a resource with very many versions: those that one entry made open, and the present is the newest version and has its index. */
async function auditNewest(
  projection: Projection,
  { resourceType, id }: ResourceReference,
  { seq, newest }: { readonly seq: number; readonly newest: ResourceVersion },
): Promise<Judgement> {
  const { manager, ring } = projection;
  const name = `${resourceType}/${id}`;
  const [first] = await select<Pick<ResourceVersion, 'seq'>>(
    manager,
    'SELECT seq FROM resource_version WHERE resourceType = ? AND resourceId = ? AND versionId = 1',
    [resourceType, id],
  );
  const made = await madeBy(projection, { resourceType, id }, { seq, newest });
  const rows = [...made.filter(({ versionId }) => versionId !== newest.versionId), newest];
  await projection.openKeys(rows.map(({ recordKey }) => recordKey));
  const findings = rows
    .filter((row) => stateFrom(ring, row, row.sealed) === undefined && !ring.isErased(row.recordKey))
    .map(({ versionId, eventId }) => {
      const subject = `${name}/${versionId}`;
      return { place: 'resource_version', subject, eventId, fault: 'unreadable' as const };
    });
  const state = stateFrom(ring, newest, newest.sealed);
  const { versionId, recordKey, eventId, at } = newest;
  const last = state && { versionId, recordKey, eventId, at, state };
  const present = last === undefined ? [] : await judgePresent(projection, name, { last, first: first ?? newest });
  return {
    subjects: [name, ...rows.map(({ versionId }) => `${name}/${versionId}`)],
    findings: [...findings, ...present],
  };
}

/** Versions of one entry at most: it says something of a resource a few times. */
const versionsOfEntry = 64;

/** Versions that an entry made: they are numbered in its order, and nothing but their numbers is an index. */
async function madeBy(
  { manager }: Projection,
  { resourceType, id }: ResourceReference,
  { seq, newest }: { readonly seq: number; readonly newest: ResourceVersion },
): Promise<readonly ResourceVersion[]> {
  const sql = (columns: string, limit: number) =>
    `SELECT ${columns} FROM resource_version WHERE resourceType = ? AND resourceId = ? AND versionId >= ?
      ORDER BY versionId LIMIT ${limit}`;
  let [from, to] = [1, newest.versionId];
  while (from < to) {
    const middle = (from + to) >> 1;
    const [row] = await select<Pick<ResourceVersion, 'seq'>>(manager, sql('seq', 1), [resourceType, id, middle]);
    if (row !== undefined && row.seq < seq) from = middle + 1;
    else to = middle;
  }
  const rows = await select<ResourceVersion>(manager, sql('*', versionsOfEntry), [resourceType, id, from]);
  return rows.filter((row) => row.seq === seq);
}

async function newestOf(
  { manager }: Projection,
  { resourceType, id }: ResourceReference,
): Promise<ResourceVersion | undefined> {
  const sql = `SELECT * FROM resource_version WHERE resourceType = ? AND resourceId = ?
    ORDER BY versionId DESC LIMIT 1`;
  const [newest] = await select<ResourceVersion>(manager, sql, [resourceType, id]);
  return newest;
}

function judgeVersions(
  { ring }: Projection,
  name: string,
  { rows, expected }: { rows: readonly ResourceVersion[]; expected: readonly Version[] },
): readonly Finding[] {
  const byId = new Map(rows.map((row) => [row.versionId, row]));
  const place = 'resource_version';
  const found = expected.flatMap(({ state, ...version }): readonly Finding[] => {
    const about = { place, subject: `${name}/${version.versionId}`, eventId: version.eventId };
    const row = byId.get(version.versionId);
    const columns = judgeRow(about, row, version);
    if (row === undefined || columns.length > 0) return columns;
    const stored = stateFrom(ring, row, row.sealed);
    if (stored === undefined) return ring.isErased(row.recordKey) ? [] : [{ ...about, fault: 'unreadable' }];
    return canonicalJson(stored) === canonicalJson(state) ? [] : [{ ...about, fault: 'altered' }];
  });
  const surplus = rows.filter(({ versionId }) => versionId < 1 || versionId > expected.length);
  return [
    ...found,
    ...surplus.map(({ versionId, eventId }) => ({
      place,
      subject: `${name}/${versionId}`,
      eventId,
      fault: 'surplus' as const,
    })),
  ];
}

async function judgePresent(
  { manager }: Projection,
  name: string,
  { last, first }: { readonly last: Omit<Version, 'isStale' | 'seq'>; readonly first: Pick<Version, 'seq'> },
): Promise<readonly Finding[]> {
  const { resourceType, id } = last.state;
  const { rows, ...columns } = indexEntries(last.state);
  const { versionId, recordKey, eventId, at } = last;
  const expected = {
    versionId,
    recordKey,
    eventId,
    at,
    createdSeq: first.seq,
    ...columns,
  };
  const [current] = await select<ResourceCurrent>(
    manager,
    'SELECT * FROM resource_current WHERE resourceType = ? AND resourceId = ?',
    [resourceType, id],
  );
  const index = await select<ResourceIndex>(
    manager,
    'SELECT * FROM resource_index WHERE resourceId = ? AND resourceType = ? ORDER BY position',
    [id, resourceType],
  );
  const isIndexed = canonicalJson(index.map(textOf)) === canonicalJson(rows.map(textOf));
  return [
    ...judgeRow({ place: 'resource_current', subject: name, eventId }, current, expected),
    ...(isIndexed ? [] : [{ place: 'resource_index', subject: name, eventId, fault: 'altered' as const }]),
  ];
}

function textOf({ position, param, system, value, until, amount }: ResourceIndex) {
  return [position, param, system, value, until, amount];
}
