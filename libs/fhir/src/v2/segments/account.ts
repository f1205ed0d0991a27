import type { ClaimedNumber, PatientIdentifier } from '@anamnesis/core';
import type { Repetition } from '@anamnesis/hl7v2';
import type { Identifier, Reference } from '../../fhir-types.js';
import { identifierOf } from '../datatypes/cx.js';
import { authorityOf } from '../datatypes/hd.js';
import type { Draft } from '../draft.js';
import { Slots } from '../slots.js';
import type { NamedPatient } from '../subject.js';

/** An account, known by its number: the facility's where no universal authority is named. */
export interface AccountNumber {
  readonly id: string;
  readonly number: ClaimedNumber;
  readonly identifier: Identifier;
  readonly reference: Reference;
}

/** PID-18 or MRG-3. Undefined without a usable number. */
export function accountNumber(cx: Repetition | undefined, draft: Draft): AccountNumber | undefined {
  // A number without authority is of the same series in both fields.
  const options = { draft, systemDefault: draft.fieldSystem('PID-18'), typeDefault: 'AN' };
  const identifier = cx && identifierOf(cx, options);
  const { system, value } = identifier ?? {};
  if (cx === undefined || identifier === undefined || system === undefined || value === undefined) return undefined;
  const authority = authorityOf(cx.component(4));
  const id = draft.resourceId('Account', system, draft.businessKey(authority, [value]));
  const number = { system, value, isUniversal: authority.universalId !== '' };
  return { id, number, identifier, reference: { reference: `Account/${id}`, identifier: { system, value } } };
}

/** What any message says of an account: its number, and whose it is. */
export function accountSlots({ identifier }: AccountNumber, subject: PatientIdentifier, draft: Draft): Slots {
  return new Slots().set('identifier', [identifier]).set('subject', [draft.patientReference(subject)]);
}

/** PID-18 as an Account. What state it is in an ADT does not say. */
export function stateAccount({ pid, subject }: NamedPatient, draft: Draft): Reference | undefined {
  const account = accountNumber(pid.field(18).repetitions[0], draft);
  if (account === undefined) return undefined;
  draft.state({ resourceType: 'Account', id: account.id, slots: accountSlots(account, subject, draft) });
  return account.reference;
}
