import type { Component, Repetition } from '@anamnesis/hl7v2';
import { valued } from '../compact.js';
import type { Authority } from '../mapping-context.js';

/** HD inside one component, as in CX.4: its parts are subcomponents. */
export function authorityOf(component: Component): Authority {
  const namespaceId = part(component.sub(1));
  if (component.subcomponentCount === 1) return { namespaceId, universalId: '', universalIdType: '' };
  return { namespaceId, universalId: part(component.sub(2)), universalIdType: part(component.sub(3)) };
}

/** HD spread over components, as in EI.2-4. */
export function authorityFrom(repetition: Repetition, first: number): Authority {
  return {
    namespaceId: part(repetition.text(first)),
    universalId: part(repetition.text(first + 1)),
    universalIdType: part(repetition.text(first + 2)),
  };
}

function part(text: string): string {
  return valued(text) ?? '';
}
