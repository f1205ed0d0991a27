import type { ConverterName, ConverterOptions, LocalCodeMeaning, RowSourceSettings } from './mapping-file.js';

type Scalar = string | number | boolean;
type OneOrMore<Value> = Value | readonly Value[];

/** A mapping file as it is written, once `mappingSchema` has accepted it; `normaliseMapping` makes a `RowMappingFile` of it. */
export interface WrittenMapping {
  readonly name: string;
  readonly version: number;
  readonly source: RowSourceSettings;
  readonly patients?: { readonly table: string; readonly authority: string; readonly type?: string };
  readonly codes?: Readonly<Record<string, WrittenCodes>>;
  readonly tables: Readonly<Record<string, WrittenTable>>;
}

export type WrittenCodes = Readonly<Record<string, Scalar | Exclude<LocalCodeMeaning, string>>>;

export interface WrittenResource {
  readonly resource: string;
  readonly part?: string;
  readonly system?: string;
  readonly when?: OneOrMore<WrittenCondition>;
  readonly elements: Readonly<Record<string, WrittenRule>>;
  readonly onDelete?: Readonly<Record<string, OneOrMore<Scalar>>>;
}

export interface WrittenTable extends Partial<WrittenResource> {
  readonly key: OneOrMore<string>;
  readonly patient?: string | { readonly column?: string; readonly columns?: readonly string[]; readonly via?: string };
  readonly changedAt?: WrittenRule;
  readonly resources?: readonly WrittenResource[];
}

export interface WrittenCondition {
  readonly column: string;
  readonly isSet?: boolean;
  readonly is?: OneOrMore<Scalar>;
  readonly isNot?: OneOrMore<Scalar>;
}

/** A text is the name of a column. */
export type WrittenRule = string | WrittenRuleObject;

export interface WrittenRuleObject extends Omit<ConverterOptions, 'codes' | 'yes' | 'no' | 'empty'> {
  readonly const?: OneOrMore<Scalar>;
  readonly column?: string;
  readonly columns?: readonly string[];
  readonly row?: string;
  readonly as?: ConverterName;
  readonly when?: OneOrMore<WrittenCondition>;
  readonly ifColumn?: string;
  readonly unlessColumn?: string;
  readonly codes?: string | WrittenCodes;
  readonly yes?: OneOrMore<Scalar>;
  readonly no?: OneOrMore<Scalar>;
  readonly empty?: OneOrMore<Scalar>;
}
