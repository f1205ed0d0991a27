import type { CertifiedEvent } from '@anamnesis/core';
import type { ChartAssertion, ChartPersonVersion, ChartRecord } from '@anamnesis/store';
import { select } from '../archive/rows.js';
import { recordOf } from '../project/project-certified.js';
import { edgesText, partsText } from '../project/person-graph.js';
import type { Projection } from '../project/projection.js';
import { type Finding, judgeRow } from './finding.js';
import { rowOf } from './row-of.js';

interface Component {
  readonly records: readonly ChartRecord[];
  readonly assertions: readonly ChartAssertion[];
}

/** The subject's record, that it belongs to the person whom it should, and what that person's newest version is made of. */
export async function judgeRecord(
  projection: Projection,
  { event, certification }: CertifiedEvent,
): Promise<readonly Finding[]> {
  if (certification.person === undefined || event.subject === undefined) return [];
  const about = { place: 'chart_record', subject: event.id, eventId: event.id };
  const { recordKey, patientId, system, value } = recordOf(event.subject, '', projection.deploymentKey);
  const row = await rowOf<ChartRecord>(projection, 'chart_record', { recordKey });
  const component = await componentOf(projection, recordKey);
  const personId = personOf(component);
  const expected = { patientId, system, value, ordinal: certification.person.recordOrdinal, personId };
  const altered = judgeRow(about, row, expected);
  return altered.length > 0 || personId === null ? altered : judgePerson(projection, personId, component);
}

async function judgePerson(
  { manager }: Projection,
  personId: string,
  { records, assertions }: Component,
): Promise<readonly Finding[]> {
  const [newest] = await select<ChartPersonVersion>(
    manager,
    'SELECT * FROM chart_person_version WHERE personId = ? ORDER BY version DESC LIMIT 1',
    [personId],
  );
  const [person] = await select<object>(manager, 'SELECT * FROM chart_person WHERE personId = ?', [personId]);
  const expected = { intoPersonId: null, parts: partsText(records), edges: edgesText(assertions) };
  const about = { subject: personId, eventId: newest?.causeEventId ?? null };
  return [
    ...judgeRow({ ...about, place: 'chart_person_version' }, newest, expected),
    ...judgeRow({ ...about, place: 'chart_person' }, person, {
      version: newest?.version,
      at: newest?.at,
      intoPersonId: null,
    }),
  ];
}

/** Everything that assertions in force connect with the record. */
async function componentOf(projection: Projection, recordKey: string): Promise<Component> {
  const assertions = new Map<string, ChartAssertion>();
  const records: ChartRecord[] = [];
  const keys = new Set([recordKey]);
  for (const key of keys) {
    const sql = "SELECT * FROM chart_assertion WHERE state = 'in-force' AND (firstKey = ? OR secondKey = ?)";
    for (const assertion of await select<ChartAssertion>(projection.manager, sql, [key, key])) {
      assertions.set(assertion.id, assertion);
      keys.add(assertion.firstKey).add(assertion.secondKey);
    }
    const record = await rowOf<ChartRecord>(projection, 'chart_record', { recordKey: key });
    if (record !== undefined) records.push(record);
  }
  return { records, assertions: [...assertions.values()] };
}

/** Patient id of the lowest ordinal. */
function personOf({ records }: Component): string | null {
  const certified = records.filter(({ ordinal }) => ordinal !== null);
  return certified.sort((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0))[0]?.patientId ?? null;
}
