import { partsByPatient } from '../message-part.js';
import type { StructureMapping } from '../structure-mapping.js';
import { mapAboutPatient, type AboutPatient } from './about-patient.js';
import { stateBilledAccount } from './billing.js';

/** BAR_P01: an account is added. */
export const barP01 = accountMapping('BAR_P01', { type: 'account.opened', status: 'active' });

/** BAR_P02: accounts are purged by their keeper, one or several; here they are kept, as inactive. */
export const barP02 = accountMapping('BAR_P02', { type: 'account.closed', status: 'inactive' });

/** BAR_P05: an account is updated. */
export const barP05 = accountMapping('BAR_P05', { type: 'account.updated' });

/** BAR_P06: accounts are ended, one or several. */
export const barP06 = accountMapping('BAR_P06', { type: 'account.closed', status: 'inactive' });

/** BAR_P12: diagnoses and procedures of a bill, which stay in the message. */
export const barP12 = accountMapping('BAR_P12', { type: 'account.updated' });

interface AccountEffect {
  readonly type: string;
  readonly status?: 'active' | 'inactive';
}

/** One event for each patient of the message. */
function accountMapping(name: string, { type, status }: AccountEffect): StructureMapping {
  const mapping = { name, version: 4 };
  const state = (about: AboutPatient): void => {
    stateBilledAccount(about, status);
  };
  return {
    ...mapping,
    map: (message, context) =>
      partsByPatient(message).map((part) => mapAboutPatient(message, context, { type, part, mapping, state })),
  };
}
