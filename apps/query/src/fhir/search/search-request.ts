import type { SearchCriteria, SearchFilter, SearchOrder } from '../../history/history-types.js';
import type { Issue } from '../edge/operation-outcome.js';

/** A parameter as it came: name with modifier, one value with its commas. */
export type Parameter = readonly [name: string, value: string];

/** Which patient a search is about, as asked: ids, or identifiers of a `patient.identifier` chain. */
export interface PatientClause {
  readonly ids: readonly string[];
  readonly identifiers: readonly Extract<SearchFilter, { kind: 'token' }>[];
}

/** A search, read and checked; nothing of it was looked up yet. */
export interface SearchRequest {
  readonly type: string;
  /** All of these must hold. */
  readonly patients: readonly PatientClause[];
  readonly criteria: Omit<SearchCriteria, 'recordKeys'>;
  /** `_tag=source`: source records instead of merged views. */
  readonly isSource: boolean;
  readonly includes: readonly string[];
  readonly hasProvenance: boolean;
  readonly count: number;
  readonly order: SearchOrder;
  readonly isCountOnly: boolean;
  readonly hasTotal: boolean;
  readonly cursor?: string | undefined;
  /** What was understood: goes into `self` and into the cursor. */
  readonly honoured: readonly Parameter[];
  /** What was not, as warnings. */
  readonly issues: readonly Issue[];
}

export const countDefault = 50;
export const countMax = 500;
