import type { EventId, RecordKey, ResourceState } from '@anamnesis/core';

/** Does a stored value still agree with the archive? `erased`: its content key was destroyed. */
export type Integrity = 'intact' | 'mismatch' | 'erased';

/** A patient record: what one authority says about one number. */
export interface ChartRecord {
  readonly recordKey: RecordKey;
  /** Id of its source Patient. */
  readonly patientId: string;
  readonly system: string;
  readonly value: string;
  /** The facility that named it first. */
  readonly facility: string;
  /** By first certification, from 1; absent while only an assertion named it. */
  readonly ordinal?: number;
}

/** A person and the records that are it now, by ordinal (uncertified ones last). */
export interface ResolvedPerson {
  /** Patient id of the merged view. Differs from the id asked for when that one is retired or a record's own. */
  readonly personId: string;
  readonly records: readonly ChartRecord[];
}

/** By which mapping and code table (0: none) an event was mapped another time. */
export interface MappedAgain {
  readonly mappingVersion: number;
  readonly tableVersion: number;
}

/** One version of a stored resource. */
export interface StoredVersion {
  readonly resourceType: string;
  readonly id: string;
  /** From 1, without gaps. */
  readonly versionId: number;
  /** Absent when it cannot be read: see `integrity`. */
  readonly state?: ResourceState;
  /** When it was projected, ISO 8601 UTC. */
  readonly lastUpdated: string;
  /** The event that made this version; `state.sources` names the event of each value. */
  readonly eventId: EventId;
  /** Record of the latest statement; `shared` for what belongs to no patient (staff, organisations, places). */
  readonly recordKey: RecordKey;
  /** A past state, stated late: never the present. */
  readonly isStale: boolean;
  /** It was made by mapping an event again; absent: by an event as it came. */
  readonly remapped?: MappedAgain;
  readonly integrity: Integrity;
}

/** An assertion in force between two records of a merged view. Of a merge, `first` survives and `second` is retired. */
export interface MergedEdge {
  readonly assertionId: string;
  readonly kind: 'link' | 'merge';
  readonly first: RecordKey;
  readonly second: RecordKey;
}

export interface MergedPart {
  readonly record: ChartRecord;
  /** The record's source Patient as it was in this version; absent when nothing was stated about it. */
  readonly source?: StoredVersion;
  /** Its authority retired the number in favour of another of the person. */
  readonly isAliased: boolean;
}

/** One version of a person's merged view: what survivorship computes it from. */
export interface MergedVersion {
  readonly personId: string;
  readonly version: number;
  readonly lastUpdated: string;
  readonly cause: { readonly eventId?: EventId; readonly assertionId?: string };
  /** Set when in this version the person was part of another one. */
  readonly intoPersonId?: string;
  readonly parts: readonly MergedPart[];
  readonly edges: readonly MergedEdge[];
}

export type DatePrefix = 'eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge' | 'sa' | 'eb';

/** First and last instant (ISO 8601 UTC, three decimals) of a date as precise as it was given. */
export interface DateBounds {
  readonly prefix: DatePrefix;
  readonly from: string;
  readonly until: string;
}

/** One search parameter as given once: any of its values matches. `param` is the FHIR name (`code`, `birthdate`). */
export type SearchFilter =
  /** `system` absent: any; empty: none. `value` absent: any of the system. References: `value` = `Type/id`. */
  | {
      readonly kind: 'token';
      readonly param: string;
      readonly isNot?: boolean;
      readonly anyOf: readonly { readonly system?: string; readonly value?: string }[];
    }
  /** `starts` and `contains` ignore case and accents. */
  | {
      readonly kind: 'string';
      readonly param: string;
      readonly match: 'starts' | 'exact' | 'contains';
      readonly anyOf: readonly string[];
    }
  | { readonly kind: 'date'; readonly param: string; readonly anyOf: readonly DateBounds[] }
  /** Within `low..high`, the range that the precision of the number given stands for; `code` of the unit, if said. */
  | {
      readonly kind: 'quantity';
      readonly param: string;
      readonly anyOf: readonly {
        readonly prefix: DatePrefix;
        readonly low: number;
        readonly high: number;
        readonly system?: string;
        readonly code?: string;
      }[];
    }
  /** `_lastUpdated`. */
  | { readonly kind: 'updated'; readonly anyOf: readonly DateBounds[] };

/** All of it must hold. */
export interface SearchCriteria {
  /** Resources of these records only. An empty list matches nothing. */
  readonly recordKeys?: readonly string[];
  readonly ids?: readonly string[];
  /** `_source`: the event of the newest version. */
  readonly eventId?: string;
  /** Also what is entered in error; default true (FHIR shows it with its status). */
  readonly hasRetracted?: boolean;
  readonly filters: readonly SearchFilter[];
}

/**
 * Order of a list. `created` (when the first version was projected) never changes for a resource: pages in it neither
 * repeat nor skip whatever arrives in between. In `happened` and `updated` what changes moves.
 */
export type SearchOrder = 'created' | '-created' | 'happened' | '-happened' | 'updated' | '-updated';

/** Where the next page starts. Plain JSON for a signed cursor; means nothing outside. */
export type PagePosition = readonly [key: string | number, type: string, id: string];

export interface Page {
  /** At most 500. */
  readonly count: number;
  readonly order: SearchOrder;
  readonly after?: PagePosition;
}

export interface Found<One> {
  readonly matches: readonly One[];
  /** Absent on the last page. */
  readonly next?: PagePosition;
}

/**
 * What is known of one certified event beside the resources. Signatures, decision and versions are empty when the archive
 * entry does not open any more: `integrity` then says so.
 */
export interface EventFacts {
  readonly eventId: EventId;
  readonly facility: string;
  readonly application: string;
  readonly controlId: string;
  /** `ADT^A01^ADT_A01`. */
  readonly messageType: string;
  /** `patient.registered`. */
  readonly type: string;
  readonly mapping: string;
  readonly mappingVersion: number;
  /** Of the code table at intake; absent: none. */
  readonly tableVersion?: number;
  /** The newest mapping that said something else; absent: there was none. */
  readonly remapped?: MappedAgain;
  /** Version of the source's corrections file that it was read with; absent: none was on. */
  readonly correctionsVersion?: number;
  readonly occurredAt?: string;
  readonly receivedAt: string;
  readonly decidedAt: string;
  readonly authentication: 'none' | 'address' | 'mtls';
  readonly sourceSignature: { readonly certificateSerial: string; readonly value: string };
  readonly certification: {
    readonly policyVersion: number;
    readonly certificateSerial: string;
    readonly value: string;
  };
  readonly anchor:
    | { readonly state: 'anchoring' }
    | { readonly state: 'anchored'; readonly batchId: string; readonly anchoredAt: string };
  readonly recordKey: RecordKey;
  readonly integrity: Integrity;
  /** Text that is missing or in doubt: `PID^1^5: undecodable`. */
  readonly textFlags: readonly string[];
}

/** A certified message that no mapping reads: nothing of it is in a resource. */
export interface UnmappedMessage {
  readonly eventId: EventId;
  readonly facility: string;
  readonly messageType: string;
  readonly receivedAt: string;
  readonly recordKey: RecordKey;
}
