/** What says so: a table of the guide and its rows, what it lacks, a standard, or our own choice. */
export type Source =
  | { readonly table: string; readonly rows: readonly string[] }
  | { readonly table: string; readonly absent: true }
  | { readonly table: string; readonly without: string }
  | { readonly message: string; readonly absent: true }
  | { readonly message: string; readonly no: string }
  | { readonly message: string; readonly without: string }
  | { readonly message: string; readonly target: string; readonly condition: string }
  | { readonly standard: string }
  | { readonly fhir: string }
  | { readonly choice: string };
export interface Explanation {
  readonly name: string;
  readonly whose: 'theirs' | 'open' | 'choice';
  readonly source: readonly Source[];
  readonly when?: (...given: never[]) => unknown;
}
export const explanations: readonly Explanation[];
