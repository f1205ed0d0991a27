import type { Segment } from '@anamnesis/hl7v2';
import type { Annotation, Reference } from '../../fhir-types.js';
import { compact, valued } from '../compact.js';
import { conceptOf } from '../datatypes/cwe.js';
import type { Draft } from '../draft.js';
import type { CareGroup } from '../messages/problem-groups.js';
import { SlotReader } from '../slot-reader.js';
import { Slots } from '../slots.js';
import { actedAt, careAction, careItem, wordOf, type CareAction } from './care-action.js';
import type { Belonging } from './dg1.js';
import { noteOf } from './nte.js';

/** FHIR's words for the life cycle of a goal (GOL-18, a user-defined table). */
const lifeCycle = ['proposed', 'planned', 'accepted', 'active', 'on-hold', 'completed', 'cancelled', 'rejected'];

/** GOL as a Goal, by GOL-4. `addressed`: the problems of its group. */
export function stateGoal({ segment, notes }: CareGroup, addressed: readonly Reference[], belonging: Belonging): void {
  const { subject, draft } = belonging;
  const action = careAction(segment, draft);
  const item = action && careItem(segment, 'Goal', belonging);
  if (action === undefined || item === undefined) return;
  const { id, identifiers, concept } = item;
  const slots = new Slots()
    .set('identifier', identifiers)
    .set('lifecycleStatus', lifecycleStatus(segment, action))
    .set('description', concept)
    .set('subject', draft.patientReference(subject))
    .set('addresses', addressed)
    .set('note', goalNotes(segment, notes));
  course(segment, slots, draft);
  draft.state({ resourceType: 'Goal', id, slots, ...actedAt(segment, draft) });
}

// GOL-18
function lifecycleStatus(gol: Segment, action: CareAction): string | undefined {
  if (action === 'deleted') return 'entered-in-error';
  return wordOf(gol.field(18).repetitions[0], lifeCycle) ?? (action === 'added' ? 'active' : undefined);
}

// GOL-7, GOL-8, GOL-16, GOL-19
function course(gol: Segment, slots: Slots, draft: Draft): void {
  const { times } = draft;
  new SlotReader(draft, gol, slots)
    .field(7, 'start[x]', (field) => compact({ startDate: times.date(field.text()) }))
    .field(8, 'target', (field) => {
      const dueDate = times.date(field.text());
      return dueDate === undefined ? undefined : [{ dueDate }];
    })
    .first(16, 'achievementStatus', (cwe) => conceptOf(cwe, { draft, location: 'GOL-16' }))
    .field(19, 'statusDate', (field) => times.date(field.text()));
}

// GOL-17 repeats; NTE
function goalNotes(gol: Segment, notes: readonly Segment[]): readonly Annotation[] {
  const comments = gol.field(17).repetitions.map((cwe) => valued(cwe.text(1)) ?? valued(cwe.text(2)));
  const said = comments.filter((text) => text !== undefined).map((text) => ({ text }));
  const note = noteOf(notes);
  return note === undefined ? said : [...said, note];
}
