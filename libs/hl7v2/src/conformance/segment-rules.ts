import type { Dictionary } from '../dictionary/dictionary.js';
import { patternOf } from './data-types.js';

/** What is checked of one component. */
export interface ComponentRule {
  readonly n: number;
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly pattern: RegExp | undefined;
}

/** What is checked of one field. */
export interface FieldRule {
  readonly n: number;
  readonly name: string;
  readonly isRequired: boolean;
  readonly repeats: boolean;
  /** Components with something to check; of a primitive its one and only. */
  readonly components: readonly ComponentRule[];
  /** Its type is in OBX-2. */
  readonly isOfSentType: boolean;
}

export interface SegmentRules {
  readonly name: string;
  readonly fields: readonly FieldRule[];
}

/** A message structure: what may be in it, and what has to be. */
export interface StructureRules {
  readonly known: ReadonlySet<string>;
  /** Segments outside of every optional group. */
  readonly required: readonly string[];
}

/** The dictionary's facts about a version, read once into what a check of a message asks for. */
export class Rules {
  readonly #segments = new Remembered<SegmentRules | undefined>();
  readonly #structures = new Remembered<StructureRules | undefined>();
  readonly #types = new Remembered<readonly ComponentRule[]>();

  constructor(readonly dictionary: Dictionary) {}

  segment(version: string, name: string): SegmentRules | undefined {
    return this.#segments.get(version, name, () => segmentRules(this.dictionary, version, name));
  }

  structure(version: string, name: string): StructureRules | undefined {
    return this.#structures.get(version, name, () => structureRules(this.dictionary, version, name));
  }

  /** Of the type in OBX-2, as far as its form is fixed. */
  typed(version: string, type: string): readonly ComponentRule[] {
    return this.#types.get(version, type, () => componentRules(this.dictionary, version, type));
  }
}

/** Versions and names are the sender's: more than this many start anew. */
const rememberedMax = 2000;

/** By the version as it was sent, then by name. */
class Remembered<Value> {
  readonly #byVersion = new Map<string, Map<string, { readonly made: Value }>>();
  #count = 0;

  get(version: string, name: string, make: () => Value): Value {
    const known = this.#byVersion.get(version)?.get(name);
    if (known !== undefined) return known.made;
    const made = make();
    if (++this.#count > rememberedMax) {
      this.#byVersion.clear();
      this.#count = 1;
    }
    const ofVersion = this.#byVersion.get(version) ?? new Map<string, { readonly made: Value }>();
    this.#byVersion.set(ownText(version), ofVersion.set(ownText(name), { made }));
    return made;
  }
}

/** A copy: a part of a message's text keeps all of that text in memory. */
function ownText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

function segmentRules(dictionary: Dictionary, version: string, name: string): SegmentRules | undefined {
  const { segments } = dictionary.tables(version);
  const definition = Object.hasOwn(segments, name) ? segments[name] : undefined;
  if (definition === undefined) return undefined;
  // The dictionary lists each field by its name too; MSH-1 and MSH-2 are read before anything else.
  const first = name === 'MSH' ? 3 : 1;
  const numbered = Object.entries(definition.fields ?? {}).filter(([key]) => Number(key) >= first);
  const fields = numbered.map(([key, field]): FieldRule => {
    const isOfSentType = name === 'OBX' && key === '5';
    return {
      n: Number(key),
      name: field.desc ?? '',
      isRequired: field.opt === 'R',
      repeats: field.rep !== 1,
      components: isOfSentType ? [] : componentRules(dictionary, version, field.type),
      isOfSentType,
    };
  });
  return { name: definition.desc ?? '', fields: fields.filter(hasChecks) };
}

function hasChecks({ isRequired, repeats, components, isOfSentType }: FieldRule): boolean {
  return isRequired || !repeats || components.length > 0 || isOfSentType;
}

function componentRules(dictionary: Dictionary, version: string, type: string): readonly ComponentRule[] {
  const pattern = patternOf(type);
  if (pattern !== undefined) return [{ n: 1, name: '', type, isRequired: false, pattern }];
  const { types } = dictionary.tables(version);
  const fields = Object.hasOwn(types, type) ? types[type]?.fields : undefined;
  return Object.entries(fields ?? {}).flatMap(([key, { desc = '', type: part, opt }]) => {
    const rule = { n: Number(key), name: desc, type: part, isRequired: opt === 'R', pattern: patternOf(part) };
    return Number.isInteger(rule.n) && (rule.isRequired || rule.pattern !== undefined) ? [rule] : [];
  });
}

type Parts = NonNullable<ReturnType<Dictionary['tables']>['messages'][string]['segments']>;

function structureRules(dictionary: Dictionary, version: string, name: string): StructureRules | undefined {
  const { messages } = dictionary.tables(version);
  const parts = Object.hasOwn(messages, name) ? messages[name]?.segments : undefined;
  return parts && { known: new Set(namesIn(parts)), required: requiredIn(parts) };
}

function namesIn(parts: Parts): readonly string[] {
  return Object.entries(parts).flatMap(([name, { segments }]) => (segments === undefined ? [name] : namesIn(segments)));
}

function requiredIn(parts: Parts): readonly string[] {
  return Object.entries(parts).flatMap(([name, { min = 0, segments }]) => {
    if (min < 1) return [];
    return segments === undefined ? [name] : requiredIn(segments);
  });
}
