import { definitions, requiredCodes } from './definitions.js';

/** One element of a FHIR type. */
export interface ElementDefinition {
  /** `deceased` for the choice `deceased[x]`. */
  readonly name: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly isChoice: boolean;
  /** More than one only for a choice. */
  readonly types: readonly ElementType[];
}

export interface ElementType {
  /** `code`, `HumanName`, `Encounter.location`. */
  readonly name: string;
  /** The codes that FHIR allows here; absent: any. */
  readonly codes?: readonly string[];
  /** Types that a reference may name; absent: any. */
  readonly targets?: readonly string[];
}

const codesByName: ReadonlyMap<string, readonly string[]> = new Map(
  linesOf(requiredCodes).map(([name, text]) => [name, text.split(' ')]),
);

const byType: ReadonlyMap<string, readonly ElementDefinition[]> = new Map(
  linesOf(definitions).map(([name, text]) => [name, text.split(' ').map(elementOf)]),
);

/** Undefined for primitives, and for types that rows do not fill. */
export function elementsOf(type: string): readonly ElementDefinition[] | undefined {
  return byType.get(type);
}

/** Resource types that rows may state. */
export const rowResourceTypes: readonly string[] = [...byType.keys()].filter((type) => {
  const first = byType.get(type)?.[0];
  return first?.name === 'extension' && !type.includes('.');
});

function linesOf(text: string): readonly (readonly [name: string, text: string])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)];
    });
}

function elementOf(text: string): ElementDefinition {
  const [left = '', right = ''] = text.split('=');
  return {
    name: left.replace(/(\[x\])?\*?\+?$/, ''),
    isList: left.includes('*'),
    isRequired: left.endsWith('+'),
    isChoice: left.includes('[x]'),
    types: right.split('|').map(typeOf),
  };
}

function typeOf(text: string): ElementType {
  const [, name = text, kind, rest = ''] = /^([^!>]+)([!>])(.*)$/.exec(text) ?? [];
  if (kind === '!') return { name, codes: codesByName.get(rest) ?? [] };
  return kind === '>' ? { name, targets: rest.split(',') } : { name };
}
