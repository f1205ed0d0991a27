import type { HistoryReader } from '../../history/history-reader.js';
import type { ResolvedPerson } from '../../history/history-types.js';
import { membersNamed } from '../fhir-json.js';
import type { PatientClause } from '../search/search-request.js';
import { chartTypes } from '../served-types.js';

const pageSize = 500;
const personsMax = 50;

/** The persons that all clauses agree on; undefined when there is no clause. */
export async function personsAsked(
  reader: HistoryReader,
  clauses: readonly PatientClause[],
): Promise<readonly ResolvedPerson[] | undefined> {
  let asked: ReadonlyMap<string, ResolvedPerson> | undefined;
  for (const clause of clauses) {
    const found = await personsOfClause(reader, clause);
    asked = asked === undefined ? found : new Map([...asked].filter(([personId]) => found.has(personId)));
  }
  return asked === undefined ? undefined : [...asked.values()];
}

async function personsOfClause(
  reader: HistoryReader,
  { ids, identifiers }: PatientClause,
): Promise<ReadonlyMap<string, ResolvedPerson>> {
  const named = [...ids];
  if (identifiers.length > 0) {
    const { matches } = await reader.searchPersons({ filters: identifiers }, { count: personsMax, order: 'created' });
    named.push(...matches.map(({ personId }) => personId));
  }
  const persons = new Map<string, ResolvedPerson>();
  for (const id of named) {
    const person = await reader.resolvePatient(id);
    if (person !== undefined) persons.set(person.personId, person);
  }
  return persons;
}

export function recordKeysOf(persons: readonly ResolvedPerson[]): readonly string[] {
  return persons.flatMap(({ records }) => records.map(({ recordKey }) => recordKey));
}

/** `Type/id` of everything of these types that resources of the records refer to, in the order first met. */
export async function referencedBy(
  reader: HistoryReader,
  recordKeys: readonly string[],
  types: readonly string[],
): Promise<readonly string[]> {
  const references = new Set<string>();
  let page = await reader.search(
    ['Patient', ...chartTypes],
    { recordKeys, filters: [] },
    { count: pageSize, order: 'created' },
  );
  for (;;) {
    for (const { state } of page.matches)
      for (const reference of membersNamed('reference', state === undefined ? null : Object.values(state.slots)))
        if (typeof reference === 'string' && types.includes(reference.split('/', 1)[0] ?? ''))
          references.add(reference);
    if (page.next === undefined) return [...references];
    page = await reader.search(
      ['Patient', ...chartTypes],
      { recordKeys, filters: [] },
      { count: pageSize, order: 'created', after: page.next },
    );
  }
}
