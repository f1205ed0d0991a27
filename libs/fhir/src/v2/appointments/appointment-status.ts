import type { Segment } from '@anamnesis/hl7v2';
import type { Draft } from '../draft.js';
import { codeMap } from '../tables/code-map.js';

/** What the event itself says, whatever SCH-25 was left at. */
const byTrigger = codeMap({ S15: 'cancelled', S16: 'cancelled', S17: 'entered-in-error', S26: 'noshow' });

/** SCH-25, table 0278; DISCONTINUED and OVERBOOK are ours where the guide is empty, BLOCKED is no status of a patient's. */
const byFiller = codeMap({
  BOOKED: 'booked',
  CANCELLED: 'cancelled',
  COMPLETE: 'fulfilled',
  DELETED: 'entered-in-error',
  DISCONTINUED: 'cancelled',
  NOSHOW: 'noshow',
  OVERBOOK: 'booked',
  PENDING: 'pending',
  STARTED: 'checked-in',
  WAITLIST: 'waitlist',
});

/** The part that a person or a place takes in it, by the status of its AIx segment. */
const participations = codeMap({
  BOOKED: 'accepted',
  CANCELLED: 'declined',
  COMPLETE: 'accepted',
  DELETED: 'declined',
  DISCONTINUED: 'declined',
  PENDING: 'tentative',
  WAITLIST: 'tentative',
});

/** Undefined leaves what was said before: a change that names no status changes none. */
export function appointmentStatus(sch: Segment, draft: Draft): string | undefined {
  const told = byTrigger.get(draft.trigger);
  if (told !== undefined) return told;
  const code = word(sch.field(25).text());
  const status = byFiller.get(code);
  if (code !== '' && status === undefined) draft.warn('SCH-25 is no status of an appointment');
  return status ?? (['S12', 'S13'].includes(draft.trigger) ? 'booked' : undefined);
}

/** Empty: it was asked and nobody said otherwise. */
export function participationStatus(code: string): string {
  return participations.get(word(code)) ?? 'accepted';
}

function word(code: string): string {
  return code
    .replace(/[\s_-]/g, '')
    .toUpperCase()
    .replace('CANCELED', 'CANCELLED');
}
