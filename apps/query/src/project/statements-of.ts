import { recordKey, resourceId } from '@anamnesis/core';
import { sharedRecordKey } from '../archive/content-keys.js';
import type { SaidEvent } from './facts.js';
import type { Stated } from './resource-fold.js';

const sharedTypes: ReadonlySet<string> = new Set(['Organization', 'Practitioner', 'PractitionerRole', 'Location']);

/** Resources that belong to no patient. */
export function isShared(resourceType: string): boolean {
  return sharedTypes.has(resourceType);
}

/** The statements of an event in order, each with the record that it belongs to; as certified, or as mapped again. */
export function statementsOf({ event, certification }: SaidEvent, deploymentKey: Uint8Array): readonly Stated[] {
  const named = namedPatients(event.identity?.merges ?? [], deploymentKey);
  const isOfPatient = namesPatient(event) ? { isOfPatient: true as const } : undefined;
  // Spread, a statement that gets four members more costs twenty times as much.
  return event.resources.statements.map((statement, position) =>
    Object.assign({}, statement, isOfPatient, {
      eventId: event.id,
      receivedAt: event.receivedAt,
      position,
      recordKey: ownerOf(statement) ?? certification.recordKey,
    }),
  );

  function ownerOf({ resourceType, id }: { resourceType: string; id: string }): string | undefined {
    if (isShared(resourceType)) return sharedRecordKey;
    return resourceType === 'Patient' ? named.get(id) : undefined;
  }
}

/** Whatever of a patient a message says, it says something of the patient too. A row has a key of its own, whoever it is about. */
function namesPatient({ source, resources }: SaidEvent['event']): boolean {
  return source?.protocol !== 'database' && resources.statements.some(({ resourceType }) => resourceType === 'Patient');
}

/** A merge speaks of two records: what it says of the retired one belongs to that one. */
function namedPatients(
  merges: readonly { readonly survivor: Named; readonly retired: Named }[],
  deploymentKey: Uint8Array,
): ReadonlyMap<string, string> {
  const numbers = merges.flatMap(({ survivor, retired }) => [survivor, retired]);
  return new Map(
    numbers.map((number) => [
      resourceId(deploymentKey, 'Patient', number.system, number.value),
      recordKey(deploymentKey, number),
    ]),
  );
}

interface Named {
  readonly system: string;
  readonly value: string;
}
