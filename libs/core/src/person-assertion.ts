import type { Brand } from './brand.js';
import type { NumberedKind } from './numbered-thing.js';
import { fieldsOf, integerOf, textOf, type Fields } from './parse-fields.js';
import type { PatientIdentifier, RecordKey } from './record-key.js';

export type AssertionId = Brand<string, 'AssertionId'>;

/** One end of an assertion: a patient record; of kind `visit` or `account` such a number. */
export interface RecordReference extends PatientIdentifier {
  /** Of a visit or account: the id of its Encounter or Account, a key of the same form. */
  readonly recordKey: RecordKey;
}

/** Why an assertion was made, or changed its state. */
export interface AssertionCause {
  /** `same-identifier` (an authority declared national or enterprise), `merge-message` (A40, A41, A42), `link-message` (A24, A37, A43), `merged-accounts` (visits known by accounts that became one), `operator`. */
  readonly rule: 'same-identifier' | 'merge-message' | 'link-message' | 'merged-accounts' | 'operator';
  /**
   * When its source said so (ISO 8601 UTC): of two messages about a link the later word holds, in whatever order they come. Of a
   * merge it tells late messages with the old number from those that use it again.
   */
  readonly saidAt?: string;
  /** The event that led to it. */
  readonly eventId?: string;
  /** System of the identifier that both records carry. */
  readonly system?: string;
  /** Role or name of the operator. */
  readonly actor?: string;
  /** Given by the operator. */
  readonly reason?: string;
}

/**
 * A link (two records are one person) or a merge (an authority retired `second` in favour of `first`), of patients or, by
 * its kind, of visits or accounts. Folded by id: the highest `version` holds, in whatever order they come. Persons are what
 * links and merges of patients in force connect.
 */
export interface PersonAssertion {
  readonly id: AssertionId;
  /** Grows with every change of state. */
  readonly version: number;
  readonly kind: 'link' | 'merge' | NumberedKind;
  readonly state: 'in-force' | 'undone';
  /** Of a merge: the survivor. */
  readonly first: RecordReference;
  /** Of a merge: the retired one. */
  readonly second: RecordReference;
  readonly cause: AssertionCause;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** Reads a header from `person.changed` (key = assertion id, no body). Throws `Rejected('invalid-event')`. */
export function parsePersonAssertion(header: Fields): PersonAssertion {
  for (const field of ['id', 'kind', 'state', 'at']) textOf(header, field);
  integerOf(header, 'version');
  for (const end of ['first', 'second']) {
    const reference = fieldsOf(header[end], end);
    for (const field of ['recordKey', 'system', 'value']) textOf(reference, field);
  }
  fieldsOf(header['cause'], 'cause');
  return header as unknown as PersonAssertion;
}
