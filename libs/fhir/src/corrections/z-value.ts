import type { Json, ZSegmentCorrection } from '@anamnesis/core';
import type { Path, Repetition } from '@anamnesis/hl7v2';
import { compact, valued } from '../v2/compact.js';
import { codedIn, conceptOf } from '../v2/datatypes/cwe.js';
import { identifierOf } from '../v2/datatypes/cx.js';
import { numeric } from '../v2/datatypes/nm.js';
import { contactPoint } from '../v2/datatypes/xtn.js';
import type { Draft } from '../v2/draft.js';
import type { ZType } from './z-targets.js';

/** Where a value is read from, and as what. */
export interface ZPlace {
  readonly rule: ZSegmentCorrection;
  readonly path: Path;
  readonly type: ZType;
  readonly draft: Draft;
}

/** One repetition as a value of its type; undefined when it is none, or a code that the rule does not know. */
export function zValue(repetition: Repetition, place: ZPlace): Json | undefined {
  const { rule, path, type, draft } = place;
  const sent = valued(repetition.text(path.component, path.subcomponent)) ?? '';
  if (rule.codes !== undefined) return codedValue(sent, place);
  if (type === 'CodeableConcept') return conceptOf(partsOf(repetition, path), { draft, location: rule.from });
  if (type === 'Identifier') return identifier(repetition, sent, place);
  if (type === 'ContactPoint') return contactPoint(repetition, draft.times);
  return sent === '' ? undefined : plain(sent, type, draft);
}

/** A value that the rule translates; what the sender wrote stays beside it where there is room. */
function codedValue(sent: string, { rule, type, draft }: ZPlace): Json | undefined {
  const { codes = {}, system } = rule;
  const code = Object.hasOwn(codes, sent) ? codes[sent] : undefined;
  if (code === undefined) return undefined;
  if (type === 'Identifier' || type === 'ContactPoint') return undefined;
  if (type !== 'CodeableConcept') return plain(code, type, draft);
  return { coding: [compact({ system, code }), { system: draft.localSystem(rule.from), code: sent }] as Json[] };
}

function identifier(repetition: Repetition, sent: string, { rule, path, draft }: ZPlace): Json | undefined {
  const systemDefault = rule.system ?? draft.fieldSystem(rule.from);
  // Of one component nothing else is known than the number.
  if (path.component !== undefined) return sent === '' ? undefined : { system: systemDefault, value: sent };
  return identifierOf(repetition, { draft, systemDefault });
}

/** A CWE in its components, or in the subcomponents of one. */
function partsOf(repetition: Repetition, { component, subcomponent }: Path) {
  if (component === undefined) return repetition;
  if (subcomponent === undefined) return codedIn(repetition.component(component));
  return { text: (n = 1) => (n === 1 ? repetition.text(component, subcomponent) : '') };
}

const digits = /^[+-]?\d{1,9}$/;

type PlainType = Exclude<ZType, 'CodeableConcept' | 'Identifier' | 'ContactPoint'>;

function plain(sent: string, type: PlainType, { times }: Draft): Json | undefined {
  switch (type) {
    case 'boolean':
      return { Y: true, N: false, true: true, false: false }[sent];
    case 'integer':
      return digits.test(sent) ? Number(sent) : undefined;
    case 'decimal':
      return numeric(sent);
    case 'date':
      return times.date(sent);
    case 'dateTime':
      return times.dateTime(sent);
    case 'code':
      return /^\S+( \S+)*$/.test(sent) ? sent : undefined;
    case 'string':
      return sent;
  }
}
