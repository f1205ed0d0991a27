import { checkRule, type CheckedPlace } from './check-rule.js';
import type { ResourceMapping } from './mapping-file.js';
import type { FilePath } from './mapping-text.js';
import { elementPath, type ElementPath, type PathStep } from './r4/element-path.js';
import { requiredOf } from './r4/required.js';
import { rowResourceTypes } from './r4/structure.js';
import { isFilled } from './filled-elements.js';

export function checkResource(resource: ResourceMapping, place: CheckedPlace): void {
  const { type } = resource;
  const { at, tell } = place;
  if (!rowResourceTypes.includes(type)) {
    tell([...at, 'resource'], `rows state ${rowResourceTypes.join(', ')}`);
    return;
  }
  if (resource.system !== undefined && !/^[a-z][a-z0-9+.-]*:\S+$/i.test(resource.system))
    tell([...at, 'system'], 'no URI: urn:oid:2.999.1, http://…');
  const paths = checkElements(resource, place);
  checkMembers(paths, place);
  for (const name of missing(resource, paths)) tell(at, `FHIR asks for ${type}.${name}, and no rule states it`);
  for (const [text, rule] of Object.entries(resource.onDelete)) {
    const path = elementPath(type, text);
    if (typeof path === 'string') tell([...at, 'onDelete', text], path);
    else if (path.steps.length > 1)
      tell([...at, 'onDelete', text], 'an element of the resource itself: status, active');
    else checkRule({ path, rule }, { ...place, at: [...at, 'onDelete', text] });
  }
}

function checkElements(resource: ResourceMapping, place: CheckedPlace): readonly ElementPath[] {
  const paths: ElementPath[] = [];
  const met = new Map<string, string>();
  for (const [text, rule] of Object.entries(resource.elements)) {
    const at: FilePath = [...place.at, 'elements', text];
    const path = elementPath(resource.type, text);
    if (typeof path === 'string') {
      place.tell(at, path);
      continue;
    }
    const other = met.get(fullPath(path));
    if (other !== undefined) place.tell(at, `the same element as ${other}`);
    met.set(fullPath(path), text);
    checkRule({ path, rule }, { ...place, at });
    paths.push(path);
  }
  return paths;
}

function fullPath({ steps }: ElementPath): string {
  return stepsText(steps);
}

function stepsText(steps: readonly PathStep[]): string {
  return steps.map(({ name, index }) => (index === undefined ? name : `${name}[${index}]`)).join('.');
}

/** What FHIR requires, neither stated nor filled by the product itself. */
function missing({ type }: ResourceMapping, paths: readonly ElementPath[]): readonly string[] {
  const stated = new Set(paths.map(({ steps: [{ name, choice }] }) => choice ?? name));
  return requiredOf(type)
    .filter(({ name }) => !stated.has(name) && !isFilled(type, name))
    .map(({ name, isChoice }) => (isChoice ? `${name}[x]` : name));
}

/** The same of what is put together from its members: a reaction without what was seen. */
function checkMembers(paths: readonly ElementPath[], { at, tell }: CheckedPlace): void {
  const whole = new Set(paths.map(fullPath));
  const members = new Map<string, { type: string; text: string; names: Set<string> }>();
  for (const { steps, text } of paths) {
    for (const [depth, { name, choice }] of steps.entries()) {
      const owner = steps[depth - 1];
      if (owner === undefined) continue;
      const prefix = stepsText(steps.slice(0, depth));
      const found = members.get(prefix) ?? { type: owner.type.name, text, names: new Set<string>() };
      members.set(prefix, found);
      found.names.add(choice ?? name);
    }
  }
  for (const [prefix, { type, text, names }] of members) {
    const left = whole.has(prefix) ? [] : requiredOf(type).filter(({ name }) => !names.has(name));
    for (const { name } of left) tell([...at, 'elements', text], `FHIR asks for ${prefix}.${name} beside it`);
  }
}
