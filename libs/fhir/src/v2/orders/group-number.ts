import type { Segment } from '@anamnesis/hl7v2';
import type { Identifier } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { identifierType } from '../datatypes/cx.js';
import type { Draft } from '../draft.js';

/** ORC-4, number of the group: an EI, since 2.8 the placer's part of an EIP. */
export function groupIdentifier(orc: Segment, draft: Draft): Identifier | undefined {
  const [ei] = orc.field(4).repetitions;
  const value = valued(ei?.component(1).sub(1) ?? '');
  if (ei === undefined || value === undefined) return undefined;
  const isEip = ei.component(1).subcomponentCount > 1;
  const part = (n: number) => (isEip ? ei.component(1).sub(n) : ei.text(n));
  const authority = { namespaceId: part(2), universalId: part(3), universalIdType: part(4) };
  return compact({ type: identifierType('PGN', draft), system: draft.systemOf(authority, 'ORC-4'), value });
}
