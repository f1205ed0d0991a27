/** A field of a segment, or a component of a data type. */
export interface FieldDefinition {
  readonly desc?: string;
  readonly type: string;
  /** `R` is required. */
  readonly opt?: string;
  readonly rep?: number | 'infinite';
}

/** By number, and once more by name. */
interface Definition {
  readonly desc?: string;
  readonly fields?: Readonly<Record<string, FieldDefinition>>;
}

/** A segment or group of a message structure. */
export interface StructurePart {
  readonly min?: number;
  /** Present on a group. */
  readonly segments?: Readonly<Record<string, StructurePart>>;
}

/** What HL7 says in one version. */
export interface VersionTables {
  readonly segments: Readonly<Record<string, Definition>>;
  readonly types: Readonly<Record<string, Definition>>;
  readonly messages: Readonly<Record<string, { readonly segments?: Readonly<Record<string, StructurePart>> }>>;
}

/** Its names serve where a message names no version that is listed. */
const versionDefault = '2.5.1';
const versionNewest = '2.8';

/** Names, types and structures of HL7 v2, by version: from the package `hl7v2-dictionary`. */
export class Dictionary {
  constructor(private readonly versions: Readonly<Record<string, VersionTables>>) {}

  /** The listed version that a message in `version` is read by. */
  versionFor(version: string): string {
    const said = version.trim();
    if (Object.hasOwn(this.versions, said)) return said;
    const [major = '', minor = ''] = said.split('.');
    if (major === '2' && Number(minor) > 8) return versionNewest;
    const short = `${major}.${minor}`;
    return Object.hasOwn(this.versions, short) ? short : versionDefault;
  }

  tables(version: string): VersionTables {
    const tables = this.versions[this.versionFor(version)];
    if (tables === undefined) throw new Error('the dictionary lists no version');
    return tables;
  }

  segmentName(version: string, segment: string): string | undefined {
    return own(this.tables(version).segments, segment)?.desc;
  }

  field(version: string, segment: string, field: number): FieldDefinition | undefined {
    return own(own(this.tables(version).segments, segment)?.fields, String(field));
  }

  /** Of a field's data type, or of the type that a sender chose (OBX-2). */
  component(version: string, type: string, component: number): FieldDefinition | undefined {
    return own(own(this.tables(version).types, type)?.fields, String(component));
  }
}

/** Not as a literal: the declarations of the package bring the DOM's with them, which are not those of Node. */
const packageName: string = 'hl7v2-dictionary';
let opened: Promise<Dictionary> | undefined;

/** Loads the dictionary once, which takes a moment and about 30 MB: only for those that explain or check messages. */
export async function openDictionary(): Promise<Dictionary> {
  opened ??= load();
  return opened;
}

async function load(): Promise<Dictionary> {
  const { dictionaries } = (await import(packageName)) as {
    readonly dictionaries: Readonly<Record<string, VersionTables>>;
  };
  return new Dictionary(dictionaries);
}

/** A sender's `constructor` must find nothing. */
function own<Value>(of: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined;
}
