import type { NumberMerge } from '@anamnesis/core';
import { accountNumber, accountSlots } from '../segments/account.js';
import type { NumberChange, NumberFate } from './merge-effect.js';
import { ended } from './merge-patient.js';

/**
 * MRG-3 and PID-18. Of two accounts that become one, or of a wrong number, the right one carries the old number too, and the
 * claim lets everything said under that one be read as said of the right one. A moved account is of the patient of PID.
 * Returns the claims; undefined, with a warning, when the accounts are not named.
 */
export function stateAccountFate(
  { group, patient, draft, occurredAt }: NumberChange,
  fate: NumberFate,
): readonly NumberMerge[] | undefined {
  const { subject } = patient;
  const old = accountNumber(group.mrg?.field(3).repetitions[0], draft);
  const right = accountNumber(group.pid.field(18).repetitions[0], draft);
  const resourceType = 'Account';
  if (fate === 'moved') {
    const moved = old ?? right;
    if (moved === undefined) draft.warn('MRG-3 and PID-18 name no account: nothing to move');
    else draft.state({ resourceType, id: moved.id, slots: accountSlots(moved, subject, draft) });
    return moved && [];
  }
  if (old === undefined || right === undefined || old.id === right.id) {
    draft.warn('MRG-3 and PID-18 name no two accounts: nothing to change');
    return undefined;
  }
  const end = fate === 'renamed' ? occurredAt : undefined;
  const slots = accountSlots(right, subject, draft);
  slots.set(`identifier:was-${old.id}`, [{ ...old.identifier, use: 'old', ...ended(end) }]);
  draft.state({ resourceType, id: right.id, slots });
  draft.state({ resourceType, id: old.id, slots: accountSlots(old, subject, draft) });
  return [{ kind: 'account', survivor: right.number, retired: old.number }];
}
