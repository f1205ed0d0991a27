/** What a trigger event does (hl7v2.md §9). */
export interface AdtEffect {
  readonly type: string;
  /** Of the encounter; absent: as stored. */
  readonly status?: 'planned' | 'in-progress' | 'onleave' | 'finished' | 'cancelled' | 'entered-in-error';
  /**
   * What PV1-3 means: the event took the patient there, was only sent from there, or says nothing reliable. `pending`: only
   * beside PV1-42, the place that is planned, is PV1-3 sure to be where the patient is.
   */
  readonly place: 'moved' | 'seen' | 'pending' | 'unsaid';
  /** Triggers whose latest statement about the encounter counts as never made. */
  readonly cancels?: readonly string[];
  /** Slots of the encounter that this event does not set, whatever stands in PV1: what a cancel gives back, what is only planned. */
  readonly unsaid?: readonly string[];
  /** About the person, whatever stands in PV1 (A28, A31). */
  readonly isPersonLevel?: true;
  /** A number withdrawn by an A29 is in use again. */
  readonly isReinstating?: true;
}
