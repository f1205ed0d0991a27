import type { Field, Repetition } from '@anamnesis/hl7v2';
import type { Identifier } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import type { Draft } from '../draft.js';
import type { Authority } from '../mapping-context.js';
import { identifierType } from './cx.js';
import { authorityFrom } from './hd.js';

/** EI: a number that a system gave to an order, a result or a document. */
export interface EntityNumber {
  readonly value: string;
  readonly system: string;
  readonly authority: Authority;
}

/** Undefined without a number. `location` names the field for numbers sent without an authority. */
export function entityNumber(field: Field, location: string, draft: Draft): EntityNumber | undefined {
  const [repetition] = field.repetitions;
  return repetition && entityNumberOf(repetition, location, draft);
}

/** The same of one repetition. */
export function entityNumberOf(repetition: Repetition, location: string, draft: Draft): EntityNumber | undefined {
  const value = valued(repetition.text(1));
  if (value === undefined) return undefined;
  const authority = authorityFrom(repetition, 2);
  return { value, system: draft.systemOf(authority, location), authority };
}

export function entityIdentifier(
  number: EntityNumber | undefined,
  draft: Draft,
  type?: string,
): Identifier | undefined {
  return (
    number &&
    compact({
      type: type === undefined ? undefined : identifierType(type, draft),
      system: number.system,
      value: number.value,
    })
  );
}

/** EIP: a number in the subcomponents of one component. */
export function numberIn(
  eip: Repetition,
  n: number,
  { location, draft }: { location: string; draft: Draft },
): EntityNumber | undefined {
  const part = eip.component(n);
  const value = valued(part.sub(1));
  if (value === undefined) return undefined;
  const authority = { namespaceId: part.sub(2), universalId: part.sub(3), universalIdType: part.sub(4) };
  return { value, authority, system: draft.systemOf(authority, location) };
}
