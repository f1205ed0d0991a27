import type { Segment } from '@anamnesis/hl7v2';
import type { Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { humanName, nameText } from '../datatypes/xpn.js';
import type { Draft } from '../draft.js';

/** Who refers, and to whom. */
export interface Providers {
  readonly requester: Reference | undefined;
  readonly performers: readonly Reference[];
}

/** PRD by role (PRD-1, table 0286): RP refers, RT is referred to. By name and number alone: PRD has no authority. */
export function providersOf(prds: readonly Segment[], draft: Draft): Providers {
  const inRole = (role: string) =>
    prds
      .filter((prd) => prd.field(1).repetitions.some((cwe) => cwe.text().trim().toUpperCase() === role))
      .map((prd) => providerReference(prd, draft))
      .filter((one) => one !== undefined);
  return { requester: inRole('RP')[0], performers: inRole('RT') };
}

// PRD-2, PRD-7
function providerReference(prd: Segment, draft: Draft): Reference | undefined {
  const [name] = prd.field(2).repetitions;
  const value = valued(prd.field(7).text());
  return compact({
    identifier: value === undefined ? undefined : { system: draft.fieldSystem('PRD-7'), value },
    display: nameText(name && humanName(name, draft.times)),
  });
}
