import type { Component, Repetition } from '@anamnesis/hl7v2';
import { valued } from '../compact.js';
import type { Authority } from '../mapping-context.js';

/** HD inside one component, as in CX.4: its parts are subcomponents. */
export function authorityOf(component: Component): Authority {
  const part = (n: number) => valued(component.sub(n)) ?? '';
  return { namespaceId: part(1), universalId: part(2), universalIdType: part(3) };
}

/** HD spread over components, as in EI.2-4. */
export function authorityFrom(repetition: Repetition, first: number): Authority {
  const part = (n: number) => valued(repetition.text(first + n)) ?? '';
  return { namespaceId: part(0), universalId: part(1), universalIdType: part(2) };
}
