import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Repetition, Segment } from '@anamnesis/hl7v2';
import type { Identifier, Period, Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { codedIn, conceptOf } from '../datatypes/cwe.js';
import { identifierOf } from '../datatypes/cx.js';
import { entityIdentifier, entityNumber, numberIn, type EntityNumber } from '../datatypes/ei.js';
import type { Draft } from '../draft.js';
import { keyOfNumber, type ResourceKey } from '../orders/order-numbers.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';

interface SpecimenPlace {
  readonly subject: PatientIdentifier;
  readonly draft: Draft;
  /** Says the times that the SPM leaves open. */
  readonly obr?: Segment;
}

/**
 * The specimens of a result: its SPM, else what its OBR says of one. Where there is one SPM, times that it leaves open are
 * those of the OBR (guide, OBR[Specimen]): OBR-7 and OBR-8 collected, OBR-14 received.
 */
export function stateSpecimens(
  { obr, specimens }: { readonly obr: Segment | undefined; readonly specimens: readonly Segment[] },
  order: ResourceKey,
  place: SpecimenPlace,
): readonly Reference[] {
  if (specimens.length === 0) return obr === undefined ? [] : specimenOfOrder(obr, order, place);
  const isOnly = specimens.length === 1 && obr !== undefined;
  return specimens.map((spm) => stateSpecimen(spm, order, isOnly ? { ...place, obr } : place));
}

/**
 * SPM as a Specimen: known by its own number (SPM-2) whatever orders it serves, else by its place in its order (SPM-1).
 */
export function stateSpecimen(spm: Segment, order: ResourceKey, { subject, draft, obr }: SpecimenPlace): Reference {
  const numbers = specimenNumbers(spm, draft);
  const type = spm.field(4).repetitions[0];
  const slots = new Slots()
    .set(
      'identifier',
      numbers.map(({ system, value }) => ({ system, value })),
    )
    .set('identifier:other', otherNumbers(spm, draft))
    .set('type', type && conceptOf(type, { draft, location: 'SPM-4', table: '0487' }))
    .set('subject', draft.patientReference(subject))
    .set('collection', collection(spm, draft, obr));
  new SlotReader(draft, spm, slots).field(18, 'receivedTime', (field) => draft.times.dateTime(field.text()));
  if (obr && spm.field(18).isEmpty) receivedWith(obr, slots, draft);
  const ofOrder = { system: order.system, key: JSON.stringify([order.key, spm.field(1).text()]) };
  const { system, key } = numbers[0] ? keyOfNumber(numbers[0], draft) : ofOrder;
  const id = draft.resourceId('Specimen', system, key);
  const own = `Specimen/${id}`;
  slots.set(
    'parent',
    parents(spm, { subject, draft }).filter(({ reference }) => reference !== own),
  );
  draft.state({ resourceType: 'Specimen', id, slots });
  return { reference: own };
}

// SPM-2 EIP: number of the filler, number of the placer, each with subcomponents.
function specimenNumbers(spm: Segment, draft: Draft): readonly EntityNumber[] {
  const [eip] = spm.field(2).repetitions;
  return eip === undefined ? [] : numbersIn(eip, draft);
}

function numbersIn(eip: Repetition, draft: Draft): readonly EntityNumber[] {
  return [2, 1].map((n) => numberIn(eip, n, { location: 'SPM-2', draft })).filter((one) => one !== undefined);
}

// SPM-31 CX, the numbers that others gave it; SPM-32 EI, that of its shipment
function otherNumbers(spm: Segment, draft: Draft): readonly Identifier[] {
  const systemDefault = draft.fieldSystem('SPM-31');
  const given = spm.field(31).repetitions.flatMap((cx) => identifierOf(cx, { draft, systemDefault }) ?? []);
  const shipped = entityIdentifier(entityNumber(spm.field(32), 'SPM-32', draft), draft, 'SHIP');
  return shipped === undefined ? given : [...given, shipped];
}

/** SPM-3, the specimens that it was taken from: each by its numbers, like any specimen. */
function parents(spm: Segment, { subject, draft }: SpecimenPlace): readonly Reference[] {
  return spm.field(3).repetitions.flatMap((eip) => {
    const numbers = numbersIn(eip, draft);
    if (numbers[0] === undefined) return [];
    const { system, key } = keyOfNumber(numbers[0], draft);
    const id = draft.resourceId('Specimen', system, key);
    const identifier = numbers.map(({ system: of, value }) => ({ system: of, value }));
    const slots = new Slots().set('identifier', identifier).set('subject', draft.patientReference(subject));
    if (!draft.hasStated(id)) draft.state({ resourceType: 'Specimen', id, slots });
    return [{ reference: `Specimen/${id}` }];
  });
}

// SPM-7, SPM-8, SPM-17, else OBR-7 and OBR-8
function collection(spm: Segment, draft: Draft, obr?: Segment): Json | undefined {
  const [method, site] = [spm.field(7).repetitions[0], spm.field(8).repetitions[0]];
  return compact({
    ...(draft.times.period(spm.field(17).text(1), spm.field(17).text(2)) === undefined
      ? collectedWith(obr, draft)
      : collected(spm.field(17).text(1), spm.field(17).text(2), draft)),
    method: method && conceptOf(method, { draft, location: 'SPM-7', table: '0488' }),
    bodySite: site && conceptOf(site, { draft, location: 'SPM-8' }),
  });
}

interface Collected {
  readonly collectedPeriod?: Period;
  readonly collectedDateTime?: string;
}

function collected(from: string, to: string, draft: Draft): Collected {
  const range = draft.times.period(from, to);
  if (range?.end !== undefined) return { collectedPeriod: range };
  return range?.start === undefined ? {} : { collectedDateTime: range.start };
}

function collectedWith(obr: Segment | undefined, draft: Draft): Collected {
  return obr === undefined ? {} : collected(obr.field(7).text(), obr.field(8).text(), draft);
}

// OBR-14
function receivedWith(obr: Segment, slots: Slots, draft: Draft): void {
  new SlotReader(draft, obr, slots).field(14, 'receivedTime', (field) => draft.times.dateTime(field.text()));
}

/**
 * Senders before SPM: OBR-15, an SPS whose parts are CWE in subcomponents (guide, SPS[Specimen-Source]), with OBR-14. An
 * order with neither is not said to have a specimen. It has no number: it is known by its order.
 */
function specimenOfOrder(obr: Segment, order: ResourceKey, { subject, draft }: SpecimenPlace): readonly Reference[] {
  if ([14, 15].every((n) => obr.field(n).isEmpty || obr.field(n).isNull)) return [];
  const [source] = obr.field(15).repetitions;
  const coded = (n: number, table?: string) =>
    source && conceptOf(codedIn(source.component(n)), { draft, location: `OBR-15.${n}`, ...(table && { table }) });
  const text = valued(source?.text(3) ?? '');
  const slots = new Slots()
    .set('type', coded(1, '0070'))
    .set('subject', draft.patientReference(subject))
    .set('collection', compact({ ...collectedWith(obr, draft), bodySite: coded(4, '0163') }))
    .set('note', text === undefined ? undefined : [{ text }]);
  receivedWith(obr, slots, draft);
  const id = draft.resourceId('Specimen', order.system, JSON.stringify([order.key, 'OBR-15']));
  draft.state({ resourceType: 'Specimen', id, slots });
  return [{ reference: `Specimen/${id}` }];
}
