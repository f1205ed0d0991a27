import type { DetachedPart, EventId } from '@anamnesis/core';
import type { NumberAliases } from '../project/number-aliases.js';
import type {
  ChartRecord,
  EventFacts,
  Found,
  MergedVersion,
  Page,
  ResolvedPerson,
  SearchCriteria,
  StoredVersion,
  UnmappedMessage,
} from './history-types.js';

/**
 * What the projections know, for everything that serves it. Reads only what is committed. Ids not known give
 * `undefined` or nothing; a stored value that does not open is given without its state, never as an error.
 */
export abstract class HistoryReader {
  /** By the id of a person, of a retired person or of any record's source Patient. */
  abstract resolvePatient(patientId: string): Promise<ResolvedPerson | undefined>;

  /** The persons that records belong to; records of nobody are left out. */
  abstract personsOf(recordKeys: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /** Records whose own number this is; without `system`, under any. */
  abstract recordsByNumber(number: {
    readonly system?: string;
    readonly value: string;
  }): Promise<readonly ChartRecord[]>;

  /** The present merged view, or an earlier version of it. `personId` as resolved, or the id of a retired person. */
  abstract readMerged(personId: string, version?: number): Promise<MergedVersion | undefined>;

  /** Many present merged views at once; unknown ids are absent. */
  abstract readMergedAll(personIds: readonly string[]): Promise<ReadonlyMap<string, MergedVersion>>;

  /** Newest first, below version `before` when given. */
  abstract mergedHistory(personId: string, page: { count: number; before?: number }): Promise<readonly MergedVersion[]>;

  /** Source Patients are read under type `Patient` and their record's id. */
  abstract readResource(type: string, id: string, versionId?: number): Promise<StoredVersion | undefined>;

  /** The newest versions by `type/id`; unknown ones are absent. */
  abstract readResources(
    references: readonly { readonly type: string; readonly id: string }[],
  ): Promise<ReadonlyMap<string, StoredVersion>>;

  /** What is read as what, around these resources: by merges of visits and accounts, and by persons who have one number. */
  abstract aliasesOf(ids: readonly string[]): Promise<NumberAliases>;

  /** Newest first, below version `before` when given; stale ones among them. */
  abstract resourceHistory(
    resource: { readonly type: string; readonly id: string },
    page: { count: number; before?: number },
  ): Promise<readonly StoredVersion[]>;

  /** Newest versions, in a stable order. Several types only with `created` and `updated` order and without filters on parameters. */
  abstract search(types: readonly string[], criteria: SearchCriteria, page: Page): Promise<Found<StoredVersion>>;

  abstract count(types: readonly string[], criteria: SearchCriteria): Promise<number>;

  /**
   * Persons that have, for each filter, a record whose source Patient matches it. Ids are person ids; `updated` looks at
   * the merged view; order `happened` is not for persons. Persons that are part of another one are left out.
   */
  abstract searchPersons(criteria: SearchCriteria, page: Page): Promise<Found<MergedVersion>>;

  abstract countPersons(criteria: SearchCriteria): Promise<number>;

  /** The newest versions of everything that an event stated something about. */
  abstract resourcesOf(eventId: string): Promise<readonly StoredVersion[]>;

  /** Events that made any version of these resources, stale ones too. Source Patients by their record's id. */
  abstract eventsOf(type: string, ids: readonly string[]): Promise<readonly string[]>;

  /** By event id; refused and unknown ones are absent. */
  abstract eventFacts(eventIds: readonly string[]): Promise<ReadonlyMap<string, EventFacts>>;

  /** Newest first: certified messages of these records that no mapping reads. */
  abstract unmappedMessages(recordKeys: readonly string[]): Promise<readonly UnmappedMessage[]>;

  /** The bytes as received, without what was detached from them, when the event is certified and they still open. */
  abstract rawOf(eventId: string): Promise<
    | {
        readonly eventId: EventId;
        readonly mediaType: string;
        readonly charset: string;
        readonly bytes: Uint8Array;
        readonly detached: readonly DetachedPart[];
      }
    | undefined
  >;
}
