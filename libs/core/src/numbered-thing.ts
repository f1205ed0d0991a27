import type { PatientIdentifier } from './record-key.js';
import { resourceId } from './record-key.js';

/** What a number names that is no patient: a visit (PV1-19, MRG-5) or an account (PID-18, MRG-3). */
export type NumberedKind = 'visit' | 'account';

/** FHIR type of each kind. */
export const numberedTypes: Readonly<Record<NumberedKind, string>> = { visit: 'Encounter', account: 'Account' };

/** A visit's or account's number as a message names it. */
export interface ClaimedNumber extends PatientIdentifier {
  /** Its authority has a universal id, so that it is the same number everywhere; else it is the sending facility's own. */
  readonly isUniversal: boolean;
}

/** `retired` is to be read as `survivor`: MRG-3 as PID-18 (A41, A49), MRG-5 as PV1-19 (A42, A50). */
export interface NumberMerge {
  readonly kind: NumberedKind;
  readonly survivor: ClaimedNumber;
  readonly retired: ClaimedNumber;
}

/**
 * Business key of a number, for `resourceId`. A bare namespace (`^LAB`) may mean another laboratory at another facility, so
 * that only a universal id makes the number the same everywhere.
 */
export function numberKey(facility: string, isUniversal: boolean, parts: readonly string[]): string {
  return JSON.stringify(isUniversal ? parts : [facility, ...parts]);
}

/** Id of the Encounter or Account that a facility means by a number. */
export function numberedId(
  deploymentKey: Uint8Array,
  {
    kind,
    facility,
    number,
  }: { readonly kind: NumberedKind; readonly facility: string; readonly number: ClaimedNumber },
): string {
  const key = numberKey(facility, number.isUniversal, [number.value]);
  return resourceId(deploymentKey, numberedTypes[kind], number.system, key);
}
