import type { RowValue } from '@anamnesis/core';

/**
 * What a mapping file says (docs/mapping-rows.md), read and checked by `readRowMapping`: where the rows come from, whose
 * they are, and what each column means in FHIR R4.
 */
export interface RowMappingFile {
  /** Of the mapping: `Mapped.name`. */
  readonly name: string;
  /** Grows with every change of what the file says: `Mapped.version`. */
  readonly version: number;
  readonly source: RowSourceSettings;
  /** The table of patients; absent: none of the tables is about patients. */
  readonly patients?: PatientTable;
  /** Local code tables by name. */
  readonly codes: Readonly<Record<string, LocalCodes>>;
  /** By name, as a `RowChange` has it: `table`, or `database.table` where the source has several databases. */
  readonly tables: Readonly<Record<string, TableMapping>>;
}

/** Whose rows these are, and how they are reached. */
export type RowSourceSettings = RowSourceIdentity & RowConnection;

export interface RowSourceIdentity {
  readonly facility: string;
  readonly application: string;
  /** IANA zone of times without offset. */
  readonly zone: string;
}

/** By kind of source; each adapter reads its own. */
export type RowConnection =
  | { readonly kind: 'mysql'; readonly connection: MysqlConnection }
  | { readonly kind: 'access'; readonly connection: AccessConnection }
  | { readonly kind: 'debezium'; readonly connection: DebeziumConnection };

/** Where a password stands; never in the file itself. At most one of the two. */
export interface PasswordPlace {
  /** A file that holds nothing else. */
  readonly passwordFile?: string;
  /** Name of an environment variable. */
  readonly passwordVariable?: string;
}

export interface MysqlConnection extends PasswordPlace {
  readonly host: string;
  /** 3306 unless said. */
  readonly port: number;
  /** Of tables named without one. */
  readonly database: string;
  readonly user: string;
  /** PEM file of the authority of the server's certificate; absent: no TLS. */
  readonly caFile?: string;
  /** Of this reader among the server's replicas; unique per server. Absent: the adapter makes one. */
  readonly serverId?: number;
  /** Minutes between two comparisons of all rows with what the log told; 0: none. Absent: the adapter's own. */
  readonly reconcileMinutes?: number;
}

export interface AccessConnection extends PasswordPlace {
  /** Of the .mdb or .accdb file. */
  readonly path: string;
  /** Seconds between two looks at the file; absent: the adapter's own. */
  readonly pollSeconds?: number;
  /** Milliseconds between the two reads that must be equal; absent: the adapter's own. */
  readonly quietMs?: number;
  /** Largest share of a table's rows (0 to 1) that may vanish at once without an operator; absent: the adapter's own. */
  readonly vanishedShareMax?: number;
}

/** One of `topics` and `topicPrefix`. */
export interface DebeziumConnection extends PasswordPlace {
  /** `host:port`, of some brokers; the others are found through them. */
  readonly brokers: readonly string[];
  readonly topics?: readonly string[];
  /** Debezium's `topic.prefix`: all topics of that connector, those that come later, too. */
  readonly topicPrefix?: string;
  readonly user?: string;
  /** How the password is told; `scram-sha-512` unless said. */
  readonly mechanism?: 'scram-sha-512' | 'scram-sha-256' | 'plain';
  /** PEM file of the authority of the brokers' certificates; absent: no TLS. */
  readonly caFile?: string;
  /** PEM files of our own certificate and its key, where the cluster asks for one. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** By table and column: types that the records do not tell (`schemas.enable=false`). */
  readonly columnTypes?: Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;
}

/** Name of a logical type (`io.debezium.time.Date`), or of a plain one (`bytes`). */
export type ColumnType = string | { readonly name: string; readonly scale?: number };

/** Who a row's patient is: the key of this table, under this authority. */
export interface PatientTable {
  readonly table: string;
  /** `Identifier.system` of the key's values. */
  readonly authority: string;
  /** HL7 table 0203; `PI` unless said. */
  readonly type: string;
}

/** What a code of the source's own means: by the text of the column. */
export type LocalCodes = Readonly<Record<string, LocalCodeMeaning>>;
export type LocalCodeMeaning =
  string | { readonly system: string; readonly code: string; readonly display?: string; readonly text?: string };

export interface TableMapping {
  readonly key: readonly string[];
  /** Absent: the rows are about no patient, or the table is that of the patients. */
  readonly patient?: PatientJoin;
  /** Column with the time of the last change, as the application writes it: when it moves, it says when a change was made. */
  readonly changedAt?: ColumnRule;
  /** What each row states; at least one. */
  readonly resources: readonly ResourceMapping[];
}

/** `columns` hold the patient's key, or (`via`) the key of a row of another table that leads to the patient. */
export interface PatientJoin {
  readonly columns: readonly string[];
  readonly via?: string;
}

export interface ResourceMapping {
  /** FHIR R4 resource type. */
  readonly type: string;
  /** Tells several resources of one row apart; absent with the first of them. */
  readonly part?: string;
  /** `Identifier.system` of the row's key. For the patients' table, the authority. */
  readonly system?: string;
  /** Rows for which it is not so state no such resource. */
  readonly when: readonly Condition[];
  /** By FHIR path: `name[0].text`. */
  readonly elements: Readonly<Record<string, ElementRule>>;
  /** What a deleted row still says; nothing is erased. */
  readonly onDelete: Readonly<Record<string, ConstantRule>>;
}

/** All of what is said must hold. Values are compared as text. */
export interface Condition {
  readonly column: string;
  /** Neither NULL nor empty; or (false) one of both. */
  readonly isSet?: boolean;
  readonly is?: readonly string[];
  readonly isNot?: readonly string[];
}

export type ElementRule = ConstantRule | ColumnRule | RowReferenceRule;

interface Conditional {
  /** Absent: always. */
  readonly when?: readonly Condition[];
}

/** The same value for every row. */
export interface ConstantRule extends Conditional {
  readonly constant: string | number | boolean | readonly string[];
}

/** A reference to the resource of a row of another table, whose key stands in `columns`. */
export interface RowReferenceRule extends Conditional {
  readonly row: string;
  readonly columns: readonly string[];
  /** Column whose text is shown for it. */
  readonly display?: string;
}

/** The value of a column, through a converter. */
export interface ColumnRule extends Conditional {
  readonly columns: readonly string[];
  /** Absent: by the type of the element. */
  readonly as?: ConverterName;
  readonly options: ConverterOptions;
}

export type ConverterName =
  | 'text'
  | 'date'
  | 'dateTime'
  | 'time'
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'sex'
  | 'name'
  | 'address'
  | 'phone'
  | 'email'
  | 'quantity'
  | 'concept'
  | 'identifier'
  | 'note'
  | 'base64';

/** What converters take; each its own part, which `readRowMapping` has checked. */
export interface ConverterOptions {
  /** Of dates and times: `dd/MM/yyyy HH:mm`. */
  readonly format?: string;
  readonly zone?: string;
  /** Name of a table in `codes`. */
  readonly codes?: string;
  /** For a code that no table knows; absent: it is left out, with a finding. */
  readonly otherwise?: string;
  /** Texts that mean yes, no. */
  readonly yes?: readonly string[];
  readonly no?: readonly string[];
  /** Of names: how a name in one column is to be read. */
  readonly order?: 'given-family' | 'family-given' | 'family, given' | 'whole';
  /** BCP 47 tag of what is written here. */
  readonly language?: string;
  readonly use?: string;
  readonly system?: string;
  readonly type?: string;
  readonly display?: string;
  readonly displayColumn?: string;
  readonly textColumn?: string;
  readonly unit?: string;
  readonly unitColumn?: string;
  readonly separator?: string;
  /** Instead of the value: whether there is one. */
  readonly ifSet?: string;
  readonly ifEmpty?: string;
  /** Texts that mean nothing: `N/A`, `-`. */
  readonly empty?: readonly string[];
}

/** Does this join lead anywhere in the row? Undefined where a column is absent or NULL. */
export function joinKey(columns: readonly string[], row: Readonly<Record<string, RowValue>>): RowValue[] | undefined {
  const values = columns.map((column) => row[column] ?? null);
  return values.includes(null) || values.includes('') ? undefined : values;
}
