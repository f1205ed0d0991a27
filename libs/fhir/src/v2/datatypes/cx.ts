import type { Repetition } from '@anamnesis/hl7v2';
import type { CodeableConcept, Identifier } from '../../fhir-types.js';
import { valued } from '../compact.js';
import type { Draft } from '../draft.js';
import { spaced } from '../spaced.js';
import { identifierTypes } from '../tables/identifier-types.js';
import { authorityOf } from './hd.js';

interface CxOptions {
  readonly draft: Draft;
  /** System when CX.4 is empty; the source's own default when absent. */
  readonly systemDefault?: string;
  /** CX.5 when empty. */
  readonly typeDefault?: string;
}

/** CX: an identifier with its authority, type and validity. Undefined without a number, or when it is cut short (N5). */
export function identifierOf(cx: Repetition, { draft, systemDefault, typeDefault }: CxOptions): Identifier | undefined {
  const value = valued(cx.text(1));
  if (value === undefined || cx.component(1).isTruncated) return undefined;
  const authority = authorityOf(cx.component(4));
  const isBare = authority.namespaceId === '' && authority.universalId === '';
  const system = isBare && systemDefault !== undefined ? systemDefault : draft.context.systemOf(authority);
  const type = valued(cx.text(5)) ?? typeDefault;
  const period = cx.componentCount < 7 ? undefined : draft.times.period(cx.text(7), cx.text(8));
  const numbered = type === undefined ? { system, value } : { type: identifierType(type, draft), system, value };
  return period === undefined ? numbered : { ...numbered, period };
}

/** CX.5, HL7 table 0203. */
export function identifierType(code: string, draft: Draft): CodeableConcept {
  const system = identifierTypes.has(code)
    ? 'http://terminology.hl7.org/CodeSystem/v2-0203'
    : draft.localSystem('0203');
  return { coding: [{ system, code: spaced(code) }] };
}
