import type { Repetition } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { valued } from '../compact.js';
import type { Draft } from '../draft.js';

/** Building, floor, point of care, room, bed: from the widest to the narrowest. */
const widestFirst = [7, 8, 1, 2, 3];

/** PL: a place inside the facility. It has no number of its own, so that the reference names it by all of its parts. */
export function placeReference(pl: Repetition, draft: Draft): Reference | undefined {
  const parts = widestFirst.map((n) => valued(pl.text(n)));
  const display = parts.filter((part) => part !== undefined).join(' ');
  const name = display === '' ? valued(pl.text(9)) : display;
  if (name === undefined) return undefined;
  const value = display === '' ? name : parts.map((part) => part ?? '').join('^');
  return { type: 'Location', identifier: { system: draft.fieldSystem('location'), value }, display: name };
}
