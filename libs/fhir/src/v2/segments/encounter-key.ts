import type { ClaimedNumber } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { valued } from '../compact.js';
import { authorityOf } from '../datatypes/hd.js';
import type { Draft } from '../draft.js';

/** The visit that a message is about. */
export interface Visit {
  readonly id: string;
  readonly number: ClaimedNumber;
  readonly reference: Reference;
}

/** Facility + PV1-19, else PID-18 + PV1-44; without either there is no encounter to speak of (fhir.md §3). */
export function visitOf(pv1: Segment | undefined, pid: Segment, draft: Draft): Visit | undefined {
  if (pv1 === undefined) return undefined;
  return visitNumbered(pv1, 19, { location: 'PV1-19', draft }) ?? byAccount(pv1, pid, draft);
}

interface NumberPlace {
  readonly location: string;
  readonly draft: Draft;
  /** What makes the number one visit's. */
  readonly beside?: string;
}

function byAccount(pv1: Segment, pid: Segment, draft: Draft): Visit | undefined {
  const admittedAt = valued(pv1.field(44).text());
  if (admittedAt === undefined) return undefined;
  const visit = visitNumbered(pid, 18, { location: 'PID-18', draft, beside: admittedAt });
  if (visit !== undefined) draft.nameVisit(visit.id, { account: visit.number, admittedAt });
  return visit;
}

/** The visit of a number: PV1-19, or MRG-5, whose numbers are of the same series. */
export function visitNumbered(
  segment: Segment,
  n: number,
  { location, draft, beside }: NumberPlace,
): Visit | undefined {
  const [cx] = segment.field(n).repetitions;
  const value = cx && valued(cx.text(1));
  if (cx === undefined || value === undefined || cx.component(1).isTruncated) return undefined;
  const authority = authorityOf(cx.component(4));
  const system = draft.systemOf(authority, location);
  const key = draft.businessKey(authority, beside === undefined ? [value] : [value, beside]);
  const id = draft.resourceId('Encounter', system, key);
  const number = { system, value, isUniversal: authority.universalId !== '' };
  return { id, number, reference: { reference: `Encounter/${id}`, identifier: { system, value } } };
}
