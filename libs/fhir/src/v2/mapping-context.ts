import type {
  ClaimedIdentity,
  LocalCode,
  Mapped,
  PatientIdentifier,
  Snapshots,
  StandardCoding,
  ZSegmentCorrection,
} from '@anamnesis/core';
import type { RecentReadings } from './recent-readings.js';

/** An assigning authority as written in CX.4, EI.2-4 or XCN.9; each part '' when not sent. */
export interface Authority {
  readonly namespaceId: string;
  readonly universalId: string;
  readonly universalIdType: string;
}

/** What a mapping has to know beyond the message. */
export interface MappingContext {
  /** MSH-4, or MSH-3 when MSH-4 is empty. */
  readonly facility: string;
  readonly application: string;
  /** IANA zone of times sent without offset; undefined: UTC, flagged once. */
  readonly zone: string | undefined;
  /** ISO 8601 UTC: stands in where the message says no time at all. */
  readonly receivedAt: string;
  /** `Identifier.system` of an authority as this source writes it; all parts '' when none was sent. */
  systemOf(authority: Authority): string;
  /** Opaque, repeatable id (fhir.md I1). */
  resourceId(type: string, system: string, businessKey: string): string;
  /** Is this system one that the source itself issues? */
  isOwnAuthority(system: string): boolean;
  /** What a code of the source's own means elsewhere; absent: nobody knows. */
  translate?(system: string, code: string): readonly StandardCoding[];
  /** Told of a code of the source's own that came alone and that nothing translates. */
  onLocalCode?(code: LocalCode): void;
  /** What was read lately in messages of the source, in its present state; absent: nothing is remembered. */
  readonly recent?: RecentReadings;
  /** What a list that leaves something out means to the source; absent, and of a segment absent: `replace`. */
  readonly snapshots?: Snapshots;
  /** What the source's Z segments say; absent: nothing. */
  readonly zSegments?: readonly ZSegmentCorrection[];
}

/** One clinical event of a message. */
export interface MappedEvent {
  /** Noun.past (vocabulary.md); `message.unmapped` where nothing maps it. */
  readonly type: string;
  readonly subject?: PatientIdentifier;
  readonly identity?: ClaimedIdentity;
  /** The source's claim, ISO 8601 with offset. */
  readonly occurredAt?: string;
  readonly resources: Mapped;
}
