/** What a trigger event does (hl7v2.md §9). */
export interface AdtEffect {
  readonly type: string;
  /** Of the encounter; absent: as stored. */
  readonly status?: 'planned' | 'in-progress' | 'finished' | 'cancelled' | 'entered-in-error';
  /** What PV1-3 means: the event took the patient there, was only sent from there, or says nothing reliable. */
  readonly place: 'moved' | 'seen' | 'unsaid';
  /** Triggers whose latest statement about the encounter counts as never made. */
  readonly cancels?: readonly string[];
  /** About the person, whatever stands in PV1 (A28, A31). */
  readonly isPersonLevel?: true;
}
