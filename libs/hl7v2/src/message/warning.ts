/** Something odd that was tolerated. Never carries a value. */
export interface Warning {
  readonly code: string;
  readonly location?: Location;
  readonly text: string;
}

/** As ERL (ERR-2). */
export interface Location {
  readonly segment: string;
  readonly position: number;
  readonly field?: number;
  readonly repetition?: number;
  readonly component?: number;
  readonly subcomponent?: number;
}
