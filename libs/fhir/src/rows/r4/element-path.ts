import { elementsOf, type ElementDefinition, type ElementType } from './structure.js';

/** One step of a path: `name[1]`, `valueQuantity`. */
export interface PathStep {
  /** As it stands in JSON: `valueQuantity`. */
  readonly name: string;
  /** Place in the list; absent: no list, or (last step only) all of it. */
  readonly index?: number;
  /** `value` where this is a choice of `value[x]`. */
  readonly choice?: string;
  readonly type: ElementType;
}

/** An element of a resource as a mapping file names it: `name[0].text`. */
export interface ElementPath {
  readonly text: string;
  readonly steps: readonly [PathStep, ...PathStep[]];
  readonly type: ElementType;
  /** The last step is a list and no place in it is named: a rule with several columns fills it. */
  readonly isWholeList: boolean;
}

const indexMax = 9;
const stepPattern = /^([a-z][A-Za-z0-9]*)(?:\[(\d)\])?$/;

/**
 * The element that a path names in a resource type. On the way an index left out is the first; at the end of the path it
 * is the whole list. A text says why the path names none.
 */
export function elementPath(resourceType: string, text: string): ElementPath | string {
  const steps: PathStep[] = [];
  let type: ElementType = { name: resourceType };
  const names = text.split('.');
  for (const [at, written] of names.entries()) {
    const step = stepOf(type.name, written, at === names.length - 1);
    if (typeof step === 'string') return step;
    steps.push(step);
    type = step.type;
  }
  const [first, ...rest] = steps;
  if (first === undefined) return 'names no element';
  const last = steps.at(-1) ?? first;
  return {
    text,
    steps: [first, ...rest],
    type,
    isWholeList: last.index === undefined && isListStep(resourceType, steps),
  };
}

function stepOf(owner: string, written: string, isLast: boolean): PathStep | string {
  const [, name, index] = stepPattern.exec(written) ?? [];
  if (name === undefined) return `"${written}" is no step of a path: name, or name[0] to name[${indexMax}]`;
  const elements = elementsOf(owner);
  if (elements === undefined) return `${owner} has no elements of its own`;
  const found = find(elements, name);
  if (found === undefined) return `${owner} has no element "${name}"${hint(elements, name)}`;
  const { element, type } = found;
  if (index !== undefined && !element.isList) return `${owner}.${name} is no list`;
  const place = element.isList ? placeIn(index, isLast) : {};
  return { name, type, ...place, ...(element.isChoice && { choice: element.name }) };
}

function placeIn(index: string | undefined, isLast: boolean): { readonly index?: number } {
  if (index !== undefined) return { index: Number(index) };
  return isLast ? {} : { index: 0 };
}

function find(elements: readonly ElementDefinition[], name: string) {
  for (const element of elements) {
    for (const type of element.types) {
      if ((element.isChoice ? choiceName(element.name, type.name) : element.name) === name) return { element, type };
    }
  }
  return undefined;
}

function choiceName(element: string, type: string): string {
  return `${element}${type.charAt(0).toUpperCase()}${type.slice(1)}`;
}

function isListStep(resourceType: string, steps: readonly PathStep[]): boolean {
  const owner = steps.at(-2)?.type.name ?? resourceType;
  const name = steps.at(-1)?.name;
  return elementsOf(owner)?.some((element) => element.name === name && element.isList) === true;
}

/** Names that begin alike: a choice without its type, a slip of case. */
function hint(elements: readonly ElementDefinition[], name: string): string {
  const start = name.slice(0, 4).toLowerCase();
  const names = elements.flatMap(({ name: one, isChoice, types }) =>
    isChoice ? types.map((type) => choiceName(one, type.name)) : [one],
  );
  const near = names.filter((one) => one.toLowerCase().startsWith(start)).slice(0, 5);
  return near.length === 0 ? '' : `; near: ${near.join(', ')}`;
}
