import type { Repetition } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact, firstValued, valued } from '../compact.js';
import type { Draft } from '../draft.js';
import { authorityOf } from './hd.js';

/** XON: an organisation by name and number (XON.10, before 2.7 XON.3), said in the reference itself. */
export function organizationReference(xon: Repetition, draft: Draft): Reference | undefined {
  const value = firstValued(xon.text(10), xon.text(3));
  const identifier =
    value === undefined ? undefined : { system: draft.systemOf(authorityOf(xon.component(6)), 'XON-10'), value };
  return compact({ identifier, display: valued(xon.text(1)) });
}
