import type { ClaimedMerge, PatientIdentifier } from '@anamnesis/core';
import type { Field, Segment } from '@anamnesis/hl7v2';
import { identifierOf } from '../datatypes/cx.js';
import type { Draft } from '../draft.js';

interface Numbered extends PatientIdentifier {
  readonly type: string | undefined;
}

/**
 * MRG-1 into PID-3, each retired number into one of its own authority and type: by position (M5), else into the only
 * one there is. Into another authority is claimed where only one can be meant: registration makes it a task for a person
 * (M3). Another type of the same authority is no merge.
 */
export function mergesOf(pid: Segment, mrg: Segment, draft: Draft): readonly ClaimedMerge[] {
  const survivors = numbersOf(pid.field(3), draft);
  const merges: ClaimedMerge[] = [];
  for (const [at, retired] of numbersOf(mrg.field(1), draft).entries()) {
    const survivor = survivorOf(retired, survivors, at);
    if (survivor === undefined) draft.warn('MRG-1 has no number of its authority and type in PID-3: not merged');
    else if (survivor.value === retired.value) draft.warn('MRG-1 and PID-3 are the same number: nothing to merge');
    else merges.push({ survivor: bare(survivor), retired: bare(retired) });
  }
  return merges;
}

function survivorOf(retired: Numbered, survivors: readonly Numbered[], at: number): Numbered | undefined {
  const beside = survivors[at];
  if (beside && isSameKind(beside, retired)) return beside;
  const same = survivors.filter((one) => isSameKind(one, retired));
  if (same.length > 0) return same.length === 1 ? same[0] : undefined;
  const [only, ...others] = survivors;
  return others.length === 0 && only?.system !== retired.system ? only : undefined;
}

function isSameKind(a: Numbered, b: Numbered): boolean {
  return a.system === b.system && (a.type === undefined || b.type === undefined || a.type === b.type);
}

function numbersOf(field: Field, draft: Draft): readonly Numbered[] {
  return field.repetitions.flatMap((cx) => {
    const { system, value, type } = identifierOf(cx, { draft }) ?? {};
    return system === undefined || value === undefined ? [] : [{ system, value, type: type?.coding?.[0]?.code }];
  });
}

function bare({ system, value }: Numbered): PatientIdentifier {
  return { system, value };
}
