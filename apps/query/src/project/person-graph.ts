import { ChartAssertion, ChartPerson, ChartPersonVersion, ChartRecord } from '@anamnesis/store';
import type { Place } from '../archive/archive.js';
import { insertAll, replaceAll, selectIn } from '../archive/rows.js';
import type { Projection } from './projection.js';

/** What made a version of a merged view. */
export interface Cause extends Place {
  readonly eventId?: string;
  readonly assertionId?: string;
}

/**
 * Which patient records are one person: what assertions in force connect. The person's id is the Patient id of the
 * record certified first. Works on rows in memory; `load` before, `flush` after.
 */
export class PersonGraph {
  readonly #records = new Map<string, ChartRecord>();
  readonly #changed = new Set<ChartRecord>();
  readonly #members = new Map<string, Set<string>>();
  /** Persons all of whose members are in memory. */
  readonly #whole = new Set<string>();
  readonly #assertions = new Map<string, ChartAssertion>();
  readonly #asserted = new Set<ChartAssertion>();
  /** Records whose assertions are all in memory. */
  readonly #explored = new Set<string>();
  readonly #persons = new Map<string, ChartPerson>();
  /** Ids that were looked for: what is not in `#persons` is no person yet. */
  readonly #soughtPersons = new Set<string>();
  readonly #versions: ChartPersonVersion[] = [];

  constructor(private readonly projection: Projection) {}

  /**
   * The records, their persons, everybody in these, and the assertions about all of them. `patientIds`: what may become
   * a person, looked for at once and not one by one.
   */
  async load(recordKeys: readonly string[], patientIds: readonly string[] = []): Promise<void> {
    await this.#explore(recordKeys);
    const personIds = [...this.#records.values()].flatMap(({ personId }) => personId ?? []);
    await this.#loadPersons([...new Set([...personIds, ...patientIds])]);
  }

  /** Assertions by id, whatever they connect. */
  async loadAssertions(ids: readonly string[]): Promise<void> {
    await this.#loadAssertions('id', ids);
  }

  record(recordKey: string): ChartRecord | undefined {
    return this.#records.get(recordKey);
  }

  recordOfPatient(patientId: string): ChartRecord | undefined {
    return [...this.#records.values()].find((one) => one.patientId === patientId);
  }

  /** Adds a record that nothing is known of yet; one that is there stays as it is. */
  add(record: Omit<ChartRecord, 'ordinal' | 'personId' | 'patientVersion'>): ChartRecord {
    const held = this.#records.get(record.recordKey);
    if (held !== undefined) return held;
    const added = { ...record, ordinal: null, personId: null, patientVersion: 0 };
    this.#records.set(record.recordKey, added);
    this.#changed.add(added);
    return added;
  }

  /** Its first certification: from here on it can be a person. */
  certify(record: ChartRecord, first: { readonly ordinal: number; readonly facility: string }): void {
    record.ordinal = first.ordinal;
    record.facility = first.facility;
    this.#changed.add(record);
  }

  /** The newest version of its source Patient. */
  restate(record: ChartRecord, patientVersion: number): void {
    record.patientVersion = patientVersion;
    this.#changed.add(record);
  }

  /** False when a newer version of it is known. */
  assert(assertion: ChartAssertion): boolean {
    const held = this.#assertions.get(assertion.id);
    if (held !== undefined && held.version >= assertion.version) return false;
    this.#assertions.set(assertion.id, assertion);
    this.#asserted.add(assertion);
    return true;
  }

  /** The content of records changed: a new version of each person that they belong to. */
  touch(recordKeys: Iterable<string>, cause: Cause): void {
    const personIds = new Set([...recordKeys].flatMap((key) => this.#records.get(key)?.personId ?? []));
    for (const personId of [...personIds].sort()) this.#append(personId, cause);
  }

  /**
   * What connects the records changed: says again who they are, and appends a version to every person concerned. After
   * an edge is gone each side still holds one of its ends, so that the components of the ends are all there is to see.
   */
  async connect(recordKeys: readonly string[], cause: Cause): Promise<void> {
    await this.#explore(recordKeys);
    const touched = new Set<string>();
    for (const component of recordKeys.map((key) => this.#componentOf(key))) {
      for (const key of component) {
        const before = this.#records.get(key)?.personId;
        if (before != null) touched.add(before);
      }
      const personId = this.#join(component);
      if (personId !== null) touched.add(personId);
    }
    await this.#loadPersons([...touched]);
    // In an order that does not hang on what was in memory.
    for (const personId of [...touched].sort()) this.#append(personId, cause);
  }

  async flush(): Promise<void> {
    const { manager } = this.projection;
    const appended = new Set(this.#versions.map(({ personId }) => personId));
    await replaceAll(manager, ChartRecord, [...this.#changed]);
    await replaceAll(
      manager,
      ChartAssertion,
      [...this.#asserted].filter((one) => this.#assertions.get(one.id) === one),
    );
    await replaceAll(
      manager,
      ChartPerson,
      [...this.#persons.values()].filter(({ personId }) => appended.has(personId)),
    );
    await insertAll(manager, ChartPersonVersion, this.#versions);
  }

  /** Makes one person of the records; returns its id, null while none of them is certified. */
  #join(component: readonly string[]): string | null {
    const records = component.flatMap((key) => this.#records.get(key) ?? []);
    const first = records
      .filter(({ ordinal }) => ordinal !== null)
      .sort((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0))[0];
    const personId = first?.patientId ?? null;
    for (const record of records) this.#move(record, personId);
    return personId;
  }

  #move(record: ChartRecord, personId: string | null): void {
    if (record.personId !== personId) this.#changed.add(record);
    if (record.personId !== null) this.#members.get(record.personId)?.delete(record.recordKey);
    record.personId = personId;
    if (personId === null) return;
    const members = this.#members.get(personId);
    if (members === undefined) this.#members.set(personId, new Set([record.recordKey]));
    else members.add(record.recordKey);
  }

  #append(personId: string, cause: Cause): void {
    const own = this.recordOfPatient(personId);
    const home = own?.personId ?? personId;
    const intoPersonId = home === personId ? null : home;
    // Part of another person, it is shown as the record that it is named after.
    const members = intoPersonId === null ? this.#membersOf(personId) : own === undefined ? [] : [own];
    const { at, seq } = cause;
    const { version, createdSeq } = this.#persons.get(personId) ?? { version: 0, createdSeq: seq };
    this.#persons.set(personId, { personId, version: version + 1, at, createdSeq, intoPersonId });
    this.#versions.push({
      personId,
      version: version + 1,
      at,
      seq,
      causeEventId: cause.eventId ?? null,
      causeAssertionId: cause.assertionId ?? null,
      intoPersonId,
      parts: partsText(members),
      edges: edgesText(this.#edgesAmong(members)),
    });
  }

  #edgesAmong(members: readonly ChartRecord[]): readonly ChartAssertion[] {
    const keys = new Set(members.map(({ recordKey }) => recordKey));
    return [...this.#assertions.values()].filter(
      ({ state, firstKey, secondKey }) => state === 'in-force' && keys.has(firstKey) && keys.has(secondKey),
    );
  }

  #membersOf(personId: string): readonly ChartRecord[] {
    return [...(this.#members.get(personId) ?? [])].flatMap((key) => this.#records.get(key) ?? []);
  }

  #componentOf(seed: string): readonly string[] {
    const found = new Set([seed]);
    // A set goes on over what is added while it is walked.
    for (const key of found)
      for (const { state, firstKey, secondKey } of this.#assertions.values()) {
        if (state !== 'in-force') continue;
        if (firstKey === key) found.add(secondKey);
        if (secondKey === key) found.add(firstKey);
      }
    return [...found];
  }

  /** Brings in everything that is connected with the records, however far, with all members of their persons. */
  async #explore(recordKeys: readonly string[]): Promise<void> {
    let edge = [...new Set(recordKeys)].filter((key) => !this.#explored.has(key));
    while (edge.length > 0) {
      for (const key of edge) this.#explored.add(key);
      await this.#loadRecords('recordKey', edge);
      const personIds = [...new Set(edge.flatMap((key) => this.#records.get(key)?.personId ?? []))];
      await this.#loadRecords(
        'personId',
        personIds.filter((id) => !this.#whole.has(id)),
      );
      for (const id of personIds) this.#whole.add(id);
      const ends = [
        ...(await this.#loadAssertions('firstKey', edge)),
        ...(await this.#loadAssertions('secondKey', edge)),
        ...[...this.#asserted].flatMap(({ firstKey, secondKey }) => [firstKey, secondKey]),
        ...personIds.flatMap((id) => [...(this.#members.get(id) ?? [])]),
      ];
      edge = [...new Set(ends)].filter((key) => !this.#explored.has(key));
    }
  }

  async #loadRecords(column: 'recordKey' | 'personId', keys: readonly string[]): Promise<void> {
    const sql = `SELECT * FROM chart_record WHERE ${column} IN`;
    for (const row of await selectIn<ChartRecord>(this.projection.manager, sql, { keys })) {
      if (this.#records.has(row.recordKey)) continue;
      this.#records.set(row.recordKey, row);
      this.#move(row, row.personId);
    }
  }

  /** Returns the record keys that they name. */
  async #loadAssertions(column: 'id' | 'firstKey' | 'secondKey', keys: readonly string[]): Promise<readonly string[]> {
    const sql = `SELECT * FROM chart_assertion WHERE ${column} IN`;
    const rows = await selectIn<ChartAssertion>(this.projection.manager, sql, { keys });
    for (const row of rows) if (!this.#assertions.has(row.id)) this.#assertions.set(row.id, row);
    return rows.flatMap(({ firstKey, secondKey }) => [firstKey, secondKey]);
  }

  async #loadPersons(personIds: readonly string[]): Promise<void> {
    const keys = personIds.filter((id) => !this.#soughtPersons.has(id));
    for (const id of keys) this.#soughtPersons.add(id);
    const sql = 'SELECT * FROM chart_person WHERE personId IN';
    for (const row of await selectIn<ChartPerson>(this.projection.manager, sql, { keys }))
      this.#persons.set(row.personId, row);
  }
}

/** `chart_person_version.parts`: by ordinal, uncertified ones last. */
export function partsText(records: readonly ChartRecord[]): string {
  const sorted = [...records].sort(
    (a, b) => (a.ordinal ?? Infinity) - (b.ordinal ?? Infinity) || (a.recordKey < b.recordKey ? -1 : 1),
  );
  return JSON.stringify(sorted.map(({ recordKey, patientVersion }) => [recordKey, patientVersion]));
}

/** `chart_person_version.edges`: by id. */
export function edgesText(assertions: readonly ChartAssertion[]): string {
  const sorted = [...assertions].sort((a, b) => (a.id < b.id ? -1 : 1));
  return JSON.stringify(sorted.map(({ id, kind, firstKey, secondKey }) => [id, kind, firstKey, secondKey]));
}
