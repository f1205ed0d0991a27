import { Rejected, type SourceFact } from '@anamnesis/core';
import { AuthorityPermission, Facility, insertOnce, Source } from '@anamnesis/store';
import type { Registration } from '../registration.js';
import { phaseOfNew } from '../phases/phase-of-new.js';
import {
  ensureFacility,
  facilityId,
  insertSource,
  type NewSource,
  parseSourceFact,
  sourceDefaults,
  type SourceSettings,
} from './source-fact.js';

const listMax = 1000;

/** Registers a facility. Throws `Rejected('conflict')` when the name is taken. */
export async function addFacility(
  registration: Registration,
  { name, title }: { name: string; title?: string },
): Promise<Facility> {
  return registration.change(async (turn) => {
    if (!(await ensureFacility(turn, name, title ?? null))) throw new Rejected('conflict', 'the facility exists');
    return turn.manager.findOneByOrFail(Facility, { id: facilityId(name) });
  });
}

export async function listFacilities({ store }: Registration): Promise<readonly Facility[]> {
  return store.reader.manager.find(Facility, { order: { name: 'ASC' }, take: listMax });
}

/** Registers a source, and its facility when that is new: a draft, but in the open sandbox. Throws `Rejected('conflict')` when the binding is taken. */
export async function addSource(
  registration: Registration,
  { facility, application, ...settings }: NewSource & { facility: string; application: string },
): Promise<SourceFact> {
  return registration.change(async (turn) => {
    if (await turn.manager.existsBy(Source, { facility, application }))
      throw new Rejected('conflict', 'a source is bound to this facility and application');
    return insertSource(turn, { facility, application }, { ...phaseOfNew(registration.settings), ...settings });
  });
}

export async function listSources({ store }: Registration, facility?: string): Promise<readonly SourceFact[]> {
  const where = facility === undefined ? {} : { facility };
  const rows = await store.reader.manager.find(Source, { where, order: { createdAt: 'ASC' }, take: listMax });
  return rows.map(parseSourceFact);
}

export async function findSource({ store }: Registration, id: string): Promise<SourceFact> {
  const row = await store.reader.manager.findOneBy(Source, { id });
  if (row === null) throw new Rejected('not-found', 'no such source');
  return parseSourceFact(row);
}

/** Changes the given settings of a source; `null` takes one back to its default. */
export async function changeSource(
  registration: Registration,
  id: string,
  changes: SourceSettings,
): Promise<SourceFact> {
  return registration.change(async (turn) => {
    const row = await turn.manager.findOneBy(Source, { id });
    if (row === null) throw new Rejected('not-found', 'no such source');
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const merged = { ...parseSourceFact(row), ...given };
    const kept = Object.entries(merged).filter(([, value]: [string, unknown]) => value !== null && value !== undefined);
    const fact = { ...sourceDefaults, ...Object.fromEntries(kept) } as unknown as SourceFact;
    const { state, isOpen } = fact;
    await turn.manager.update(Source, { id }, { state, isOpen, fact: JSON.stringify(fact) });
    turn.announceFact(fact);
    return fact;
  });
}

/** Lets a source use an authority that another facility issues. */
export async function permitAuthority(registration: Registration, sourceId: string, system: string): Promise<void> {
  await registration.change(async (turn) => {
    if (!(await turn.manager.existsBy(Source, { id: sourceId }))) throw new Rejected('not-found', 'no such source');
    await insertOnce(turn.manager, AuthorityPermission, { sourceId, system, createdAt: turn.at });
    turn.touchRegistry();
  });
}

/** Takes the permission back; events that the bus holds already are judged without it. */
export async function forbidAuthority(registration: Registration, sourceId: string, system: string): Promise<void> {
  await registration.change(async (turn) => {
    await turn.manager.delete(AuthorityPermission, { sourceId, system });
    turn.touchRegistry();
  });
}

export async function listPermissions({ store }: Registration, sourceId: string): Promise<readonly string[]> {
  const rows = await store.reader.manager.find(AuthorityPermission, { where: { sourceId }, order: { system: 'ASC' } });
  return rows.map(({ system }) => system);
}
