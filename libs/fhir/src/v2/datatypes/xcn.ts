import type { Repetition } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import type { Draft } from '../draft.js';
import { Slots } from '../slots.js';
import { identifierType } from './cx.js';
import { authorityOf } from './hd.js';
import { nameText, practitionerName } from './xpn.js';

/**
 * XCN: who acts. With a number and its authority a Practitioner of its own; otherwise the reference alone says what was
 * sent, because a name or a bare number must never be shared (fhir.md §3). Undefined when nothing was sent.
 */
export function practitionerReference(xcn: Repetition, draft: Draft): Reference | undefined {
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
  if (value === undefined || !isNamed) return compact({ identifier, display });
  const key = draft.businessKey(authority, [value]);
  const id = draft.resourceId('Practitioner', draft.context.systemOf(authority), key);
  if (!draft.hasStated('Practitioner', id)) {
    const slots = new Slots().set('identifier', identifier && [identifier]).set('name', name && [name]);
    draft.state({ resourceType: 'Practitioner', id, slots });
  }
  return compact({ reference: `Practitioner/${id}`, identifier, display });
}
