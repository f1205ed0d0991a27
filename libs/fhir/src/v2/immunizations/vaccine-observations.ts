import type { Json } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept } from '../../fhir-types.js';
import { compact, firstValued, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import { linesOf, type OrderGroup } from '../orders/order-groups.js';
import type { ResourceKey } from '../orders/order-numbers.js';
import { observationUnits, type ObxLine } from '../results/observation-unit.js';
import { stateObservation } from '../results/obx.js';
import type { Belonging } from '../segments/dg1.js';
import { noteOf } from '../segments/nte.js';
import type { Slots } from '../slots.js';

interface VaccinePlace extends Belonging {
  readonly slots: Slots;
  readonly immunization: ResourceKey & { readonly id: string };
}

/** LOINC codes of OBX-3 that are elements of the Immunization itself (the guide, VXU_V04 ORDER.OBSERVATION). */
const elements = {
  eligibility: '64994-7',
  funding: '30963-3',
  dose: '30973-2',
  annotation: '48767-8',
  reaction: '31044-1',
};

/** The information statement handed over: its kind (or the vaccine it is of), its edition, when it was given. */
const statement = { documentType: '69764-9', vaccineType: '30956-7', published: '29768-9', presented: '29769-7' };
const ofStatement: ReadonlySet<string> = new Set(Object.values(statement));
const ofImmunization: ReadonlySet<string> = new Set([
  ...ofStatement,
  elements.eligibility,
  elements.funding,
  elements.dose,
  elements.annotation,
]);

/** OBX of an immunization: elements of it where FHIR has them, else Observations that are part of it. */
export function vaccineObservations(group: OrderGroup, place: VaccinePlace): void {
  const lines = linesOf(group.segments);
  const { slots, draft } = place;
  const concept = (code: string) => firstConcept(lines, code, draft);
  const eligibility = concept(elements.eligibility);
  slots
    .set('programEligibility', eligibility && [eligibility])
    .set('fundingSource', concept(elements.funding))
    .set('protocolApplied', doseInSeries(lines))
    .set('education', education(lines, draft))
    .set('note', notesOf(group, lines));
  stateOthers(
    lines.filter(({ obx }) => !ofImmunization.has(codeOf(obx))),
    place,
  );
}

function codeOf(obx: Segment): string {
  return obx.field(3).text(1);
}

function firstConcept(lines: readonly ObxLine[], code: string, draft: Draft): CodeableConcept | undefined {
  const line = lines.find(({ obx }) => codeOf(obx) === code);
  const [value] = line?.obx.field(5).repetitions ?? [];
  return value && conceptOf(value, { draft, location: 'OBX-5' });
}

function doseInSeries(lines: readonly ObxLine[]): readonly Json[] | undefined {
  const text = valued(
    lines
      .find(({ obx }) => codeOf(obx) === elements.dose)
      ?.obx.field(5)
      .text() ?? '',
  );
  if (text === undefined) return undefined;
  return [/^[1-9]\d{0,3}$/.test(text) ? { doseNumberPositiveInt: Number(text) } : { doseNumberString: text }];
}

/** One statement per OBX-4; FHIR asks for its kind or a reference (imm-1). */
function education(lines: readonly ObxLine[], draft: Draft): readonly Json[] {
  const bySubId = new Map<string, Map<string, Segment>>();
  for (const { obx } of lines.filter((line) => ofStatement.has(codeOf(line.obx)))) {
    const subId = obx.field(4).text();
    const held = bySubId.get(subId) ?? new Map<string, Segment>();
    bySubId.set(subId, held.set(codeOf(obx), obx));
  }
  return [...bySubId.values()].map((held) => {
    const text = (code: string) => held.get(code)?.field(5);
    const kind = text(statement.documentType) ?? text(statement.vaccineType);
    const name = kind && firstValued(kind.text(2), kind.text(9), kind.text(1));
    const date = (code: string) => draft.times.dateTime(text(code)?.text() ?? '');
    return {
      documentType: name ?? 'Vaccine information statement',
      ...compact({ publicationDate: date(statement.published), presentationDate: date(statement.presented) }),
    };
  });
}

// NTE before the OBX, and the annotation among them
function notesOf({ segments }: OrderGroup, lines: readonly ObxLine[]): readonly Json[] {
  const end = segments.findIndex(({ name }) => name === 'OBX');
  const own = noteOf((end < 0 ? segments : segments.slice(0, end)).filter(({ name }) => name === 'NTE'));
  const annotations = lines
    .filter(({ obx }) => codeOf(obx) === elements.annotation)
    .map(({ obx }) =>
      valued(
        obx
          .field(5)
          .repetitions.map(({ formatted }) => formatted)
          .join('\n'),
      ),
    );
  const texts = annotations.filter((text) => text !== undefined).map((text) => ({ text }));
  return own === undefined ? texts : [own, ...texts];
}

function stateOthers(lines: readonly ObxLine[], { slots, immunization, ...place }: VaccinePlace): void {
  const { id, system, key } = immunization;
  const effective = slots.values['occurrence[x]'];
  const given = isDated(effective) ? { effectiveDateTime: effective.occurrenceDateTime } : undefined;
  const reactions: Json[] = [];
  for (const unit of observationUnits(lines)) {
    const { reference } = stateObservation(unit, {
      ...place,
      keyOf: ({ parts }) => ({ system, key: JSON.stringify([key, ...parts]) }),
      effective: given,
      partOf: { reference: `Immunization/${id}` },
    });
    const date = place.draft.times.dateTime(unit.first.obx.field(14).text());
    if (reference && codeOf(unit.first.obx) === elements.reaction)
      reactions.push({ ...compact({ date }), detail: reference });
  }
  slots.set('reaction', reactions);
}

function isDated(value: Json | undefined): value is { occurrenceDateTime: string } {
  return typeof value === 'object' && value !== null && 'occurrenceDateTime' in value;
}
