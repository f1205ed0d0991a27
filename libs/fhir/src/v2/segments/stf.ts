import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { Identifier } from '../../fhir-types.js';
import { valued } from '../compact.js';
import { identifierOf, identifierType } from '../datatypes/cx.js';
import { authorityOf } from '../datatypes/hd.js';
import { addressOf } from '../datatypes/xad.js';
import { humanName } from '../datatypes/xpn.js';
import { contactPoint } from '../datatypes/xtn.js';
import type { Draft } from '../draft.js';
import type { MasterEntry } from '../messages/master-files.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { gender } from '../tables/gender.js';

/**
 * STF and PRA as the Practitioner of each number in STF-2: the same that an XCN with this number and authority means. One
 * without authority is the one that references without authority name (XCN-1).
 */
export function statePractitioner({ segments, isActive }: MasterEntry, draft: Draft): void {
  const stf = segments.find(({ name }) => name === 'STF');
  const numbers = stf ? staffNumbers(stf, draft) : [];
  if (stf === undefined || numbers.length === 0) {
    draft.warn('STF-2 names nobody');
    return;
  }
  const pra = segments.find(({ name }) => name === 'PRA');
  const identifiers = [...numbers.map(({ identifier }) => identifier), ...(pra ? licences(pra, draft) : [])];
  for (const { id } of numbers) {
    const slots = new Slots().set('identifier', identifiers).set('active', isActive && isInUse(stf));
    person(stf, slots, draft);
    draft.state({ resourceType: 'Practitioner', id, slots });
  }
}

interface StaffNumber {
  readonly id: string;
  readonly identifier: Identifier;
}

// STF-2, else the primary key of the entry (STF-1).
function staffNumbers(stf: Segment, draft: Draft): readonly StaffNumber[] {
  const field = [2, 1].map((n) => stf.field(n)).find(({ isEmpty, isNull }) => !isEmpty && !isNull);
  const isKey = stf.field(2).isEmpty;
  return (field?.repetitions ?? []).flatMap((cx) => {
    const authority = authorityOf(cx.component(4));
    const systemDefault = draft.systemOf(isKey ? none : authority, 'XCN-1');
    const value = valued(cx.text(1));
    const identifier = isKey ? value && { system: systemDefault, value } : identifierOf(cx, { draft, systemDefault });
    if (identifier === undefined || identifier === '' || identifier.value === undefined) return [];
    const key = draft.businessKey(isKey ? none : authority, [identifier.value]);
    return [{ id: draft.resourceId('Practitioner', identifier.system ?? systemDefault, key), identifier }];
  });
}

const none = { namespaceId: '', universalId: '', universalIdType: '' };

// STF-3, STF-5, STF-6, STF-10, STF-11
function person(stf: Segment, slots: Slots, draft: Draft): void {
  const { times } = draft;
  new SlotReader(draft, stf, slots)
    .list(3, 'name', (xpn) => humanName(xpn, times))
    .first(5, 'gender', (cwe) => gender(cwe.text()))
    .field(6, 'birthDate', (field) => times.date(field.text()))
    .list(10, 'telecom:STF-10', (xtn) => contactPoint(xtn, times))
    .field(15, 'telecom:STF-15', (field): Json | undefined => {
      const value = valued(field.text());
      return value === undefined ? undefined : [{ system: 'email', value }];
    })
    .list(11, 'address', (xad) => addressOf(xad, times));
}

// STF-7, table 0183
function isInUse(stf: Segment): boolean {
  return stf.field(7).text().trim().toUpperCase() !== 'I';
}

// PRA-6: number, type, issuer.
function licences(pra: Segment, draft: Draft): readonly Identifier[] {
  return pra.field(6).repetitions.flatMap((pln) => {
    const value = valued(pln.text(1));
    if (value === undefined) return [];
    const type = valued(pln.text(2));
    const issuer = valued(pln.text(3));
    const name = ['PRA-6', type, issuer].filter((part) => part !== undefined).map(encodeURIComponent);
    return [
      {
        ...(type !== undefined && { type: identifierType(type, draft) }),
        system: draft.fieldSystem(name.join(':')),
        value,
      },
    ];
  });
}
