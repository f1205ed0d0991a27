import { foldStatements, type EventId, type Json, type Statement } from '@anamnesis/core';
import { assemble, type MappedEvent, stringifyFhir } from '@anamnesis/fhir';

/** An element that two mappings of one message have otherwise. */
export interface ElementDifference {
  /** `Patient.identifier[0].value` */
  readonly path: string;
  /** As FHIR has it; absent where it is not there. */
  readonly before?: string;
  readonly after?: string;
}

/** In one message; more of them say nothing new. */
export const differencesMax = 500;

type Elements = ReadonlyMap<string, string>;

/** What one message alone says of a resource. */
interface Resource {
  readonly type: string;
  readonly id: string;
  readonly statements: readonly Statement[];
}

/** Element by element. A resource whose id is another one now is compared with the next of its type that is new. */
export function compareResources(
  before: readonly MappedEvent[],
  after: readonly MappedEvent[],
): readonly ElementDifference[] {
  const found: ElementDifference[] = [];
  for (const [one, other] of pairs(resourcesOf(before), resourcesOf(after))) {
    if (found.length >= differencesMax) break;
    if (JSON.stringify(one?.statements) !== JSON.stringify(other?.statements)) found.push(...differences(one, other));
  }
  return found.slice(0, differencesMax);
}

function resourcesOf(events: readonly MappedEvent[]): ReadonlyMap<string, Resource> {
  const byName = new Map<string, Resource & { readonly statements: Statement[] }>();
  for (const statement of events.flatMap(({ resources }) => resources.statements)) {
    const { resourceType: type, id } = statement;
    const held = byName.get(`${type}/${id}`);
    if (held === undefined) byName.set(`${type}/${id}`, { type, id, statements: [statement] });
    else held.statements.push(statement);
  }
  return byName;
}

function elementsOf(resource: Resource | undefined): Elements {
  if (resource === undefined) return new Map();
  const ordered = resource.statements.map((one, position) => ({
    ...one,
    eventId: 'preview' as EventId,
    receivedAt: one.statedAt,
    position,
  }));
  const { resourceType, id, slots } = foldStatements(ordered);
  const assembled = JSON.parse(stringifyFhir(assemble(resourceType, id, slots))) as Json;
  return new Map(leaves(assembled, resourceType));
}

function pairs(
  before: ReadonlyMap<string, Resource>,
  after: ReadonlyMap<string, Resource>,
): readonly (readonly [Resource | undefined, Resource | undefined])[] {
  const fresh = new Map<string, Resource[]>();
  for (const [name, one] of after) if (!before.has(name)) fresh.set(one.type, [...(fresh.get(one.type) ?? []), one]);
  const found = [...before].map(([name, one]) => [one, after.get(name) ?? fresh.get(one.type)?.shift()] as const);
  return [...found, ...[...fresh.values()].flat().map((one) => [undefined, one] as const)];
}

function differences(before: Resource | undefined, after: Resource | undefined): readonly ElementDifference[] {
  const [one, other] = [elementsOf(before), elementsOf(after)];
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((path) => {
    const [was, is] = [one.get(path), other.get(path)];
    if (was === is) return [];
    return [{ path, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
}

function leaves(value: Json, path: string): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((one, at) => leaves(one, `${path}[${at}]`));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([name, one]) =>
      name === 'resourceType' ? [] : leaves(one, `${path}.${name}`),
    );
  return [[path, String(value)]];
}
