import type { Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import type { Draft } from '../draft.js';
import { Slots } from '../slots.js';

/** MSH-4: the facility that speaks, as an Organization of its own. Undefined when it has no name. */
export function facilityReference(draft: Draft): Reference | undefined {
  const value = valued(draft.context.facility);
  if (value === undefined) return undefined;
  const identifier = { system: 'urn:anamnesis:facility', value };
  const id = draft.resourceId('Organization', identifier.system, value);
  if (!draft.hasStated(id)) {
    const slots = new Slots().set('identifier', [identifier]).set('name', value);
    draft.state({ resourceType: 'Organization', id, slots });
  }
  return compact({ reference: `Organization/${id}`, identifier, display: value });
}
