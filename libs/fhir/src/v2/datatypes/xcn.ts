import type { Json } from '@anamnesis/core';
import type { Repetition } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import type { Draft } from '../draft.js';
import { detachedCopy, readingKey, readOnce, type ReadPractitioner } from '../recent-readings.js';
import { Slots } from '../slots.js';
import { identifierType } from './cx.js';
import { authorityOf } from './hd.js';
import { nameText, practitionerName } from './xpn.js';

/**
 * XCN: who acts. With a number and its authority a Practitioner of its own; otherwise the reference alone says what was
 * sent, because a name or a bare number must never be shared (fhir.md §3). Undefined when nothing was sent.
 */
export function practitionerReference(xcn: Repetition, draft: Draft): Reference | undefined {
  const found = readOnce({
    recent: draft.context.recent?.practitioners,
    key: readingKey(xcn.plain, 'XCN'),
    read: () => readPractitioner(xcn, draft),
    // Who has no number may be anybody, and is not remembered.
    lasting: (read) => (read.reference.identifier === undefined ? undefined : ownCopy(read)),
  });
  const stated = found?.stated;
  if (stated !== undefined && !draft.hasStated(stated.id)) draft.state({ resourceType: 'Practitioner', ...stated });
  return found?.reference;
}

function readPractitioner(xcn: Repetition, draft: Draft): ReadPractitioner | undefined {
  const value = valued(xcn.text(1));
  const name = practitionerName(xcn);
  const authority = authorityOf(xcn.component(9));
  const isNamed = authority.namespaceId !== '' || authority.universalId !== '';
  const type = valued(xcn.text(13));
  const identifier =
    value === undefined
      ? undefined
      : compact({
          type: type === undefined ? undefined : identifierType(type, draft),
          system: draft.systemOf(authority, 'XCN-1'),
          value,
        });
  const display = nameText(name);
  if (value === undefined || !isNamed) {
    const reference = compact({ identifier, display });
    return reference && { reference };
  }
  const key = draft.businessKey(authority, [value]);
  const id = draft.resourceId('Practitioner', draft.context.systemOf(authority), key);
  const slots = slotsOf({ identifier: identifier && [identifier], name: name && [name] });
  return { reference: { reference: `Practitioner/${id}`, ...compact({ identifier, display }) }, stated: { id, slots } };
}

function slotsOf({ identifier, name }: { readonly [slot: string]: Json | undefined }): Slots {
  return new Slots().set('identifier', identifier).set('name', name);
}

function ownCopy({ reference, stated }: ReadPractitioner): ReadPractitioner {
  const copy = detachedCopy({ reference, id: stated?.id, values: stated?.slots.values });
  return {
    reference: copy.reference,
    ...(copy.id !== undefined && copy.values && { stated: { id: copy.id, slots: slotsOf(copy.values) } }),
  };
}
