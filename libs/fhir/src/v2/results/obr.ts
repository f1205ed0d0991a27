import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import type { CodeableConcept, Period, Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import { practitionerReference } from '../datatypes/xcn.js';
import type { Draft } from '../draft.js';
import { orderReference } from '../orders/request-key.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { tableSystem } from '../tables/coding-systems.js';
import { isListed } from '../tables/hl7-tables.js';
import type { Visit } from '../segments/encounter-key.js';
import type { Order } from './order-key.js';

/** OBR-24, table 0074: sections that are laboratory, and those that are imaging, for `Observation.category`. */
const laboratory = new Set('BG BLB CH CG HM IMM LAB MB MCB MYC OSL PHR SR TX VR'.split(' '));
const imaging = new Set('CT CUS IMG NMR NMS OUS RAD RUS RX VUS XRC'.split(' '));

/** Whose report it is. */
export interface ReportPlace {
  readonly subject: PatientIdentifier;
  readonly visit: Visit | undefined;
  readonly draft: Draft;
}

/** OBR as a DiagnosticReport, without numbers, status, results and documents, which depend on what follows it. */
export function reportSlots(obr: Segment, order: Order, place: ReportPlace): Slots {
  const { subject, visit, draft } = place;
  const ordered = orderReference('ServiceRequest', order.placer, place);
  const issued = draft.times.instant(obr.field(22).text());
  // Of each result a slot, with its id in the name.
  const slots = Slots.ofOwnNames()
    .set('basedOn', ordered && [ordered])
    .set('subject', draft.patientReference(subject))
    .set('encounter', visit?.reference)
    .set('effective[x]', orderEffective(obr, draft))
    .set('issued', issued);
  const [code] = obr.field(4).repetitions;
  slots.set('code', (code && conceptOf(code, { draft, location: 'OBR-4' })) ?? { text: 'not named' });
  new SlotReader(draft, obr, slots)
    .first(24, 'category', (cwe) => {
      const section = conceptOf(cwe, { draft, location: 'OBR-24', table: '0074' });
      return section && [section];
    })
    .list(32, 'resultsInterpreter', (ndl) => interpreter(ndl.component(1).subcomponentCount > 1, ndl, draft));
  return slots;
}

// OBR-7, OBR-8
export function orderEffective(obr: Segment, draft: Draft): Json | undefined {
  const period: Period | undefined = draft.times.period(obr.field(7).text(), obr.field(8).text());
  if (period?.end !== undefined) return { effectivePeriod: period };
  return period?.start === undefined ? undefined : { effectiveDateTime: period.start };
}

// OBR-24
export function observationCategory(obr: Segment): readonly CodeableConcept[] | undefined {
  const section = obr.field(24).text();
  if (!isListed('0074', section)) return undefined;
  const code = laboratory.has(section) ? 'laboratory' : imaging.has(section) ? 'imaging' : undefined;
  const sent = { system: tableSystem('0074'), code: section };
  const system = 'http://terminology.hl7.org/CodeSystem/observation-category';
  return [{ coding: code === undefined ? [sent] : [sent, { system, code, userSelected: false }] }];
}

type Ndl = Parameters<typeof practitionerReference>[0];

/** NDL.1 is a CNN, in subcomponents; older senders write the parts of a name as components. */
function interpreter(isNested: boolean, ndl: Ndl, draft: Draft): Reference | undefined {
  if (!isNested) return practitionerReference(ndl, draft);
  const part = (n: number) => valued(ndl.component(1).sub(n));
  const display = [part(6), part(3), part(2)].filter((one) => one !== undefined).join(' ');
  const number = part(1);
  return compact({
    identifier: number === undefined ? undefined : { system: draft.fieldSystem('OBR-32'), value: number },
    display: valued(display),
  });
}
