import type { Json } from '@anamnesis/core';
import type { Field, Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept, Period, Quantity } from '../../fhir-types.js';
import { compact, firstValued, valued } from '../compact.js';
import { numeric } from '../datatypes/nm.js';
import { uncoded } from '../datatypes/unit.js';
import type { Draft } from '../draft.js';
import { codeMap } from '../tables/code-map.js';
import { tableSystem } from '../tables/coding-systems.js';
import { segmentsOf, type OrderGroup } from './order-groups.js';

/** When and how often something is asked for: TQ1, or the TQ of ORC-7, OBR-27 and RXE-1 before 2.5. */
export interface Asked {
  readonly quantity?: Quantity;
  /** Table 0335: `BID`, `Q6H`. */
  readonly pattern?: string;
  readonly period?: Period;
  readonly priority?: string;
  readonly condition?: string;
  readonly text?: string;
  readonly count?: number;
}

/** Codes of table 0335 that mean so many times in so many units. */
const patterns: ReadonlyMap<string, readonly [number, number, string]> = new Map([
  ['BID', [2, 1, 'd']],
  ['DAILY', [1, 1, 'd']],
  ['QD', [1, 1, 'd']],
  ['QID', [4, 1, 'd']],
  ['QOD', [1, 2, 'd']],
  ['TID', [3, 1, 'd']],
]);
const units = codeMap({ S: 's', M: 'min', H: 'h', D: 'd', W: 'wk', L: 'mo' });
const priorities = codeMap({ S: 'stat', A: 'asap', R: 'routine' });

export function askedOf(group: OrderGroup, draft: Draft): readonly Asked[] {
  const current = segmentsOf(group, 'TQ1').map((tq1) => ofTq1(tq1, draft));
  if (current.length > 0) return current;
  const { orc, detail } = group;
  const old = [orc?.field(7), detail?.name === 'OBR' ? detail.field(27) : undefined, rxe1(group)];
  const field = old.find((one) => one !== undefined && !one.isEmpty);
  return field === undefined ? [] : [ofTq(field, draft)];
}

/** RXE-1 is withdrawn since 2.5 and still sent. */
function rxe1(group: OrderGroup): Field | undefined {
  return segmentsOf(group, 'RXE')[0]?.field(1);
}

function ofTq1(tq1: Segment, draft: Draft): Asked {
  const at = (n: number, part = 1) => tq1.field(n).text(part);
  const count = at(14);
  const asked = {
    quantity: quantityOf(at(2), tq1.field(2).repetitions[0]?.component(2).sub(1) ?? ''),
    pattern: firstValued(tq1.field(3).repetitions[0]?.component(1).sub(1) ?? ''),
    period: draft.times.period(at(7), at(8)),
    priority: valued(at(9)),
    condition: valued(at(10)),
    text: valued(at(11)),
    count: /^[1-9]\d{0,5}$/.test(count) ? Number(count) : undefined,
  };
  return compact(asked) ?? {};
}

function ofTq(field: Field, draft: Draft): Asked {
  const [tq] = field.repetitions;
  const part = (n: number, m: number) => tq?.component(n).sub(m) ?? '';
  const asked = {
    quantity: quantityOf(part(1, 1), part(1, 2)),
    pattern: valued(part(2, 1)),
    period: draft.times.period(part(4, 1), part(5, 1)),
    priority: valued(part(6, 1)),
    condition: valued(part(7, 1)),
    text: valued(part(8, 1)),
  };
  return compact(asked) ?? {};
}

function quantityOf(amount: string, unit: string): Quantity | undefined {
  const value = numeric(amount);
  return value && { value, ...uncoded(unit) };
}

/** FHIR request priority; the other codes of table 0485 have none. */
export function priorityOf(asked: readonly Asked[], other = ''): string | undefined {
  const codes = [...asked.map(({ priority = '' }) => priority), other];
  return codes.map((code) => priorities.get(code.trim().toUpperCase())).find((code) => code !== undefined);
}

/** Asked for when needed (PRN), whatever else. */
export function isAsNeeded({ pattern = '', priority = '' }: Asked): boolean {
  return [pattern, priority].some((code) => /^PRN/i.test(code));
}

/** FHIR Timing: what the pattern means, as far as it is known, beside the code as sent. */
export function timingOf({ pattern, period, count }: Asked): Json | undefined {
  const code: CodeableConcept | undefined =
    pattern === undefined
      ? undefined
      : { coding: [{ system: tableSystem('0335'), code: pattern.replace(/\s+/g, ' ') }] };
  const repeat = compact({ boundsPeriod: period, count, ...frequencyOf(pattern ?? '') });
  return compact({ repeat, code });
}

function frequencyOf(pattern: string): object {
  const sent = pattern.trim().toUpperCase();
  const [, amount, letter = ''] = /^Q(\d{1,3})([SMHDWL])$/.exec(sent) ?? [];
  const every: readonly [number, number, string] | undefined =
    amount === undefined ? patterns.get(sent) : [1, Number(amount), units.get(letter) ?? 'd'];
  if (every === undefined) return {};
  const [frequency, period, periodUnit] = every;
  return { frequency, period, periodUnit };
}
