import type { Json, PatientIdentifier } from '@anamnesis/core';
import type { Segment } from '@anamnesis/hl7v2';
import { compact } from '../compact.js';
import { identifierOf } from '../datatypes/cx.js';
import { humanName, nameText } from '../datatypes/xpn.js';
import type { Draft } from '../draft.js';

/** GT1: who pays what is left. By number and name alone, unless it is the patient (GT1-11 SEL). */
export function guarantorOf(gt1: Segment, subject: PatientIdentifier, draft: Draft): Json | undefined {
  const [number] = gt1.field(2).repetitions;
  const [name] = gt1.field(3).repetitions;
  const identifier = number && identifierOf(number, { draft, systemDefault: draft.fieldSystem('GT1-2') });
  const said = compact({
    identifier: identifier && compact({ system: identifier.system, value: identifier.value }),
    display: nameText(name && humanName(name, draft.times)),
  });
  const party = gt1.field(11).text() === 'SEL' ? draft.patientReference(subject) : said;
  const period = draft.times.period(gt1.field(13).text(), gt1.field(14).text());
  return party && compact({ party, period });
}
