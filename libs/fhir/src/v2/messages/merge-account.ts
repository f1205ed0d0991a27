import { accountNumber, accountSlots } from '../segments/account.js';
import type { NumberChange, NumberFate } from './merge-effect.js';
import { ended } from './merge-patient.js';

/**
 * MRG-3 and PID-18. Of two accounts that become one, or of a wrong number, the old account stays with what was said of it:
 * inactive, part of the right one, which carries the old number too. A moved account is of the patient of PID. False, with a
 * warning, when they are not named.
 */
export function stateAccountFate({ group, patient, draft, occurredAt }: NumberChange, fate: NumberFate): boolean {
  const { subject } = patient;
  const old = accountNumber(group.mrg?.field(3).repetitions[0], draft);
  const right = accountNumber(group.pid.field(18).repetitions[0], draft);
  const resourceType = 'Account';
  if (fate === 'moved') {
    const moved = old ?? right;
    if (moved === undefined) draft.warn('MRG-3 and PID-18 name no account: nothing to move');
    else draft.state({ resourceType, id: moved.id, slots: accountSlots(moved, subject, draft) });
    return moved !== undefined;
  }
  if (old === undefined || right === undefined || old.id === right.id) {
    draft.warn('MRG-3 and PID-18 name no two accounts: nothing to change');
    return false;
  }
  const end = fate === 'renamed' ? occurredAt : undefined;
  const slots = accountSlots(right, subject, draft);
  slots.set(`identifier:was-${old.id}`, [{ ...old.identifier, use: 'old', ...ended(end) }]);
  draft.state({ resourceType, id: right.id, slots });
  const retired = accountSlots(old, subject, draft).set('status', 'inactive').set('partOf', right.reference);
  draft.state({ resourceType, id: old.id, slots: retired });
  return true;
}
