import type { Location } from './warning.js';

/** Table 0357. 104, 198 and 199 exist since 2.7; before, an answer says 207 instead. */
export type ConditionCode = 100 | 101 | 102 | 103 | 104 | 198 | 199 | 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207;

/** One ERR segment. `text` never repeats a value of the message. */
export interface ErrorCondition {
  readonly code: ConditionCode;
  readonly location?: Location;
  readonly text: string;
  /** What the value looks like (`shapeOf`). */
  readonly shape?: string;
  /** Table 0516; E when absent. */
  readonly severity?: 'E' | 'W' | 'I' | 'F';
}

/** The bytes cannot be read as a message. Its text never repeats a value of the message. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
  readonly text: string;
  readonly location: Location | undefined;

  constructor(readonly condition: ErrorCondition) {
    super(condition.text);
    this.text = condition.text;
    this.location = condition.location;
  }
}
