import { createHash, randomBytes } from 'node:crypto';
import { base32, type SourceFact } from '@anamnesis/core';
import { Facility, insertOnce, insertRows, Source } from '@anamnesis/store';
import type { Turn } from '../outbox/turn.js';
import { keepPhase } from '../phases/keep-phase.js';

const idBytes = 10;

/** The parts of a source that an operator sets; what is left out or `null` takes the default. */
export type SourceSettings = {
  readonly [
    Setting in keyof Omit<SourceFact, 'kind' | 'id' | 'facility' | 'application' | 'codes' | 'corrections' | 'phase'>
  ]?: SourceFact[Setting] | null | undefined;
};

/** Of a source that is made; without a phase it is certified at once. */
export type NewSource = SourceSettings & Pick<SourceFact, 'phase'>;

/** Of the settings that a source always has. */
export const sourceDefaults = {
  state: 'active',
  isOpen: false,
  addresses: [],
  authorityByNamespace: {},
  messageTypes: [],
  processingIds: ['P'],
  acknowledgement: 'auto',
  closesWhenUnavailable: false,
} as const;

export function parseSourceFact(row: Source): SourceFact {
  return JSON.parse(row.fact) as SourceFact;
}

/** Inserts source and facility and announces the source. The caller has made sure that the binding is free. */
export async function insertSource(
  turn: Turn,
  binding: { facility: string; application: string },
  settings: NewSource,
): Promise<SourceFact> {
  const { facility, application } = binding;
  const id = base32(randomBytes(idBytes));
  const given = Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined && value !== null),
  );
  const fact: SourceFact = { kind: 'source', id, facility, application, ...sourceDefaults, ...given };
  await ensureFacility(turn, facility);
  const { state, isOpen } = fact;
  const row = { id, facility, application, state, isOpen, fact: JSON.stringify(fact), createdAt: turn.at };
  await insertRows(turn.manager, Source, [row]);
  if (fact.phase !== undefined) await keepPhase(turn, fact, { by: 'registration', reason: 'registered' });
  turn.announceFact(fact);
  return fact;
}

export async function ensureFacility(turn: Turn, name: string, title: string | null = null): Promise<boolean> {
  return insertOnce(turn.manager, Facility, { id: facilityId(name), name, title, createdAt: turn.at });
}

export function facilityId(name: string): string {
  return base32(createHash('sha256').update(name, 'utf8').digest().subarray(0, idBytes));
}
