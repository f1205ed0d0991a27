import type { AcknowledgementRequest } from './acknowledgement-request.js';
import type { Json } from './canonical-json.js';
import type { LocalCode } from './code-table.js';
import type { AppliedCorrections } from './corrections.js';
import type { Finding } from './finding.js';

/**
 * What one event says of one FHIR resource, and nothing it does not say. A resource is the fold of its statements in
 * the order in which they were made (`statedAt`), so that any order of arrival gives the same present state.
 */
export interface Statement {
  readonly resourceType: string;
  /** `resourceId` of the resource's business key. */
  readonly id: string;
  /** When the source made it (ISO 8601, UTC): the order of the fold, not of arrival. */
  readonly statedAt: string;
  /** HL7 trigger event (`A01`), or the operation of a row change: what a later cancel names. */
  readonly trigger: string;
  /**
   * Value by slot. A slot is an element (`birthDate`), or a part of a repeating element that its source states on its
   * own (`telecom:home`, from PID-13): slots of one element are joined in slot order. A slot present replaces what the
   * slot held, a slot absent leaves it (hl7v2.md N1, N2).
   */
  readonly slots: Readonly<Record<string, Json>>;
  /** Slots that the source deleted (`""`). */
  readonly removed?: readonly string[];
  /** The latest earlier statement with one of these triggers counts as never made (A11, A12, A13 …). */
  readonly cancels?: readonly string[];
  /**
   * It takes back what was said of its own patient (OBX-11 W, RXA-21 D). Where another patient was named after that, both are
   * as never said: what stands is what is said of the other one (hl7v2.md R4).
   */
  readonly withdraws?: true;
  /** It is an item of a list (NK1, IN1): the next list of that name without it ends it. */
  readonly listed?: ListedIn;
  /** Of a Patient: what else the message has in such segments. */
  readonly lists?: readonly ResourceList[];
}

export interface ListedIn {
  /** `ResourceList.name`. */
  readonly name: string;
  /** Id of the Patient whose statements carry the list. */
  readonly patientId: string;
}

/**
 * What a source lists in segments that have no number of their own: each list takes the place of the one before it (hl7v2.md
 * N3). What was listed under its name and is not any more is ended, until it is listed again.
 */
export interface ResourceList {
  /** Of the source and the segment: the lists of two sources end nothing of each other's. */
  readonly name: string;
  readonly resourceType: string;
  readonly ids: readonly string[];
  /** What becomes of one that it leaves out, by slot. Absent: the message does not send all, and ends none. */
  readonly ended?: Readonly<Record<string, Json>>;
}

/** Statements that a mapping derived from one event: can be derived again, never signed. */
export interface Mapped {
  /** `ADT_A01`, or the name of a row mapping; `unmapped` when the message has none. */
  readonly name: string;
  /** Grows with every change of what the mapping says. */
  readonly version: number;
  readonly statements: readonly Statement[];
  /** What the mapping could not use: field locations and reasons, never values. */
  readonly warnings: readonly string[];
  /** Where the source had a corrections file switched on. */
  readonly corrections?: AppliedCorrections;
  /** Of the whole message; with its first event only, so that a message is counted once. */
  readonly findings?: readonly Finding[];
  /** Likewise. */
  readonly localCodes?: readonly LocalCode[];
  /** With each event of a message whose MSH-16 asks for an application acknowledgement. */
  readonly acknowledge?: AcknowledgementRequest;
  /** Of the source's code table that it was mapped with; absent: it had none. */
  readonly tableVersion?: number;
}
