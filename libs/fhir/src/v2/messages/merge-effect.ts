import type { Draft } from '../draft.js';
import type { NamedPatient } from '../subject.js';
import type { MergeGroup } from './merge-groups.js';

/** What becomes of a number of MRG: one with another, a wrong number for the right one, or the same number elsewhere. */
export type NumberFate = 'merged' | 'renamed' | 'moved';

/** What a merge, move or change of numbers does, level by level (v2.9 §3.5.2). What it does not name it leaves alone. */
export interface MergeEffect {
  readonly type: string;
  /** MRG-1 and PID-3 */
  readonly patient?: NumberFate;
  /** MRG-2 and PID-4 */
  readonly alternate?: 'renamed';
  /** MRG-3 and PID-18 */
  readonly account?: NumberFate;
  /** MRG-5 and PV1-19 */
  readonly visit?: NumberFate;
  /** MRG-6 and PV1-50 */
  readonly alternateVisit?: 'renamed';
}

/** A number that changes, with what there is to say it by. */
export interface NumberChange {
  readonly group: MergeGroup;
  readonly patient: NamedPatient;
  readonly draft: Draft;
  /** FHIR dateTime of the change. */
  readonly occurredAt: string | undefined;
}
