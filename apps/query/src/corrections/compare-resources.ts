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

interface Resource {
  readonly type: string;
  readonly id: string;
  readonly elements: Elements;
}

/** Element by element. A resource whose id is another one now is compared with the next of its type that is new. */
export function compareResources(
  before: readonly MappedEvent[],
  after: readonly MappedEvent[],
): readonly ElementDifference[] {
  return pairs(resourcesOf(before), resourcesOf(after))
    .flatMap(([one, other]) => differences(one, other))
    .slice(0, differencesMax);
}

/** What one message alone says of each resource. */
function resourcesOf(events: readonly MappedEvent[]): readonly Resource[] {
  const byName = new Map<string, Statement[]>();
  for (const statement of events.flatMap(({ resources }) => resources.statements)) {
    const name = `${statement.resourceType}/${statement.id}`;
    byName.set(name, [...(byName.get(name) ?? []), statement]);
  }
  return [...byName.values()].map((statements) => {
    const ordered = statements.map((one, position) => ({
      ...one,
      eventId: 'preview' as EventId,
      receivedAt: one.statedAt,
      position,
    }));
    const { resourceType, id, slots } = foldStatements(ordered);
    const resource = JSON.parse(stringifyFhir(assemble(resourceType, id, slots))) as Json;
    return { type: resourceType, id, elements: new Map(leaves(resource, resourceType)) };
  });
}

function pairs(
  before: readonly Resource[],
  after: readonly Resource[],
): readonly (readonly [Resource | undefined, Resource | undefined])[] {
  const fresh = after.filter((one) => !before.some((other) => isSame(one, other)));
  const found = before.map((one) => {
    const same = after.find((other) => isSame(one, other));
    if (same !== undefined) return [one, same] as const;
    const at = fresh.findIndex(({ type }) => type === one.type);
    return [one, at < 0 ? undefined : fresh.splice(at, 1)[0]] as const;
  });
  return [...found, ...fresh.map((one) => [undefined, one] as const)];
}

function isSame(one: Resource, other: Resource): boolean {
  return one.type === other.type && one.id === other.id;
}

function differences(before: Resource | undefined, after: Resource | undefined): readonly ElementDifference[] {
  const [one, other] = [before?.elements ?? new Map<string, string>(), after?.elements ?? new Map<string, string>()];
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
