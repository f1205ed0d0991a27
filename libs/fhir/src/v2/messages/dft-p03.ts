import { visitOf } from '../segments/encounter-key.js';
import { stateCharge } from '../segments/ft1.js';
import type { StructureMapping } from '../structure-mapping.js';
import { mapAboutPatient, type AboutPatient } from './about-patient.js';
import { stateBilledAccount } from './billing.js';

/** DFT_P03: financial transactions. */
export const dftP03 = chargeMapping('DFT_P03');

/** DFT_P11: the same in its newer form. */
export const dftP11 = chargeMapping('DFT_P11');

function chargeMapping(name: string): StructureMapping {
  const mapping = { name, version: 4 };
  return {
    ...mapping,
    map: (message, context) => [
      mapAboutPatient(message, context, { type: 'account.charged', mapping, state: stateCharges }),
    ],
  };
}

function stateCharges(about: AboutPatient): void {
  const { part, draft, patient, subject } = about;
  const account = stateBilledAccount(about);
  const visit = visitOf(part.first('PV1'), patient.pid, draft);
  for (const ft1 of part.all('FT1')) stateCharge(ft1, { draft, subject, account, visit });
}
