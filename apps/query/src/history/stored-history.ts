import { Injectable } from '@nestjs/common';
import { NumberAliases } from '../project/number-aliases.js';
import { reusedAliases } from './reused-aliases.js';
import { HistoryReader } from './history-reader.js';
import type { Page, SearchCriteria, StoredVersion } from './history-types.js';
import { StoredEvents } from './stored-events.js';
import { StoredLists } from './stored-lists.js';
import { StoredPersons } from './stored-persons.js';
import { newestVersion, StoredVersions } from './stored-versions.js';

/** The history as the store has it. */
@Injectable()
export class StoredHistory extends HistoryReader {
  // eslint-disable-next-line max-params -- injected
  constructor(
    private readonly versions: StoredVersions,
    private readonly persons: StoredPersons,
    private readonly lists: StoredLists,
    private readonly events: StoredEvents,
  ) {
    super();
  }

  override resolvePatient(patientId: string) {
    return this.persons.resolve(patientId);
  }

  override personsOf(recordKeys: readonly string[]) {
    return this.persons.personsOf(recordKeys);
  }

  override recordsByNumber(number: { readonly system?: string; readonly value: string }) {
    return this.persons.recordsByNumber(number);
  }

  override readMerged(personId: string, version?: number) {
    return this.persons.merged(personId, version);
  }

  override readMergedAll(personIds: readonly string[]) {
    return this.persons.mergedAll(personIds);
  }

  override mergedHistory(personId: string, page: { count: number; before?: number }) {
    return this.persons.history(personId, page);
  }

  override async readResource(type: string, id: string, versionId?: number) {
    const found =
      versionId === undefined
        ? await this.versions.newest(type, [id])
        : await this.versions.byVersion(type, [{ id, versionId }]);
    return found[0];
  }

  override async readResources(references: readonly { readonly type: string; readonly id: string }[]) {
    const idsByType = new Map<string, string[]>();
    for (const { type, id } of references) idsByType.set(type, [...(idsByType.get(type) ?? []), id]);
    const found = new Map<string, StoredVersion>();
    for (const [type, ids] of idsByType)
      for (const one of await this.versions.newest(type, ids)) found.set(`${type}/${one.id}`, one);
    return found;
  }

  override async aliasesOf(ids: readonly string[]) {
    const { manager } = this.versions;
    const aliases = await NumberAliases.load(manager, ids);
    for (const alias of await reusedAliases(manager, ids)) aliases.take(alias);
    return aliases;
  }

  override resourceHistory(
    { type, id }: { readonly type: string; readonly id: string },
    { count, before = Number.MAX_SAFE_INTEGER }: { count: number; before?: number },
  ) {
    return this.versions.select(
      'resource_version v WHERE v.resourceType = ? AND v.resourceId = ? AND v.versionId < ? ORDER BY v.versionId DESC LIMIT ?',
      [type, id, before, count],
    );
  }

  override search(types: readonly string[], criteria: SearchCriteria, page: Page) {
    return this.lists.search(types, criteria, page);
  }

  override count(types: readonly string[], criteria: SearchCriteria) {
    return this.lists.count(types, criteria);
  }

  override searchPersons(criteria: SearchCriteria, page: Page) {
    return this.lists.searchPersons(criteria, page);
  }

  override countPersons(criteria: SearchCriteria) {
    return this.lists.countPersons(criteria);
  }

  override resourcesOf(eventId: string) {
    return this.versions.select(
      `(SELECT DISTINCT e.resourceType, e.resourceId FROM resource_version e WHERE e.eventId = ?) d
        JOIN resource_current c ON c.resourceType = d.resourceType AND c.resourceId = d.resourceId
        JOIN ${newestVersion}`,
      [eventId],
    );
  }

  override eventsOf(type: string, ids: readonly string[]) {
    return this.versions.eventsOf(type, ids);
  }

  override eventFacts(eventIds: readonly string[]) {
    return this.events.facts(eventIds);
  }

  override unmappedMessages(recordKeys: readonly string[]) {
    return this.events.unmapped(recordKeys);
  }

  override rawOf(eventId: string) {
    return this.events.raw(eventId);
  }
}
