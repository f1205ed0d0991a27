import type { ClaimedIdentity, PatientIdentifier } from '@anamnesis/core';
import type { Message } from '@anamnesis/hl7v2';
import type { Draft } from './draft.js';
import type { MappedEvent, MappingContext } from './mapping-context.js';
import { warnUnmappedFields } from './unmapped-fields.js';

/** The mapping of one message structure. */
export interface StructureMapping {
  /** As in table 0354: `ADT_A01`. */
  readonly name: string;
  /** Grows with every change of what the mapping says. */
  readonly version: number;
  /** Undefined: the structure does not map this trigger event. */
  map(message: Message, context: MappingContext): readonly MappedEvent[] | undefined;
}

interface EventParts {
  readonly type: string;
  readonly subject?: PatientIdentifier | undefined;
  readonly identity?: ClaimedIdentity | undefined;
  readonly occurredAt?: string | undefined;
  readonly mapping: Pick<StructureMapping, 'name' | 'version'>;
}

export function eventOf(draft: Draft, { type, subject, identity, occurredAt, mapping }: EventParts): MappedEvent {
  if (mapping.name !== 'unmapped') warnUnmappedFields(draft);
  const { accountVisits } = draft;
  return {
    type,
    ...(subject && { subject }),
    ...(identity && { identity: accountVisits.length > 0 ? { ...identity, accountVisits } : identity }),
    ...(occurredAt !== undefined && { occurredAt }),
    resources: draft.mapped(mapping.name, mapping.version),
  };
}
