import { X509Certificate, type KeyObject } from 'node:crypto';
import type { AuthorityFact, SourceFact } from '@anamnesis/core';
import { Authority, AuthorityPermission, Certificate, Source, SourcePhaseChange } from '@anamnesis/store';
import { type EntityManager, In } from 'typeorm';
import { authorityFact } from '../facilities/authority-fact.js';
import { parseSourceFact } from '../facilities/source-fact.js';
import type { Turn } from '../outbox/turn.js';
import type { PhaseStep } from '../phases/phase-at.js';

/** Entries of one map; beyond it what was remembered is read anew, from the next turn on. */
const entriesMaxDefault = 10_000;

export type KnownCertificate = Pick<
  Certificate,
  'serial' | 'kind' | 'sourceId' | 'notBefore' | 'notAfter' | 'revokedAt'
>;

interface KnownSource {
  readonly fact: SourceFact;
  readonly steps: readonly PhaseStep[];
}

/** What a batch of events needs to know of the registry. */
export interface Wanted {
  readonly bindings: readonly { readonly facility: string; readonly application: string }[];
  readonly serials: readonly string[];
  readonly systems: readonly string[];
}

/**
 * What registration remembers of its own tables between batches. Read only inside a turn, whose version says whether
 * anything changed since, on whatever instance: nothing here is ever older than the transaction that uses it.
 */
export class RegistryCache {
  readonly #sources = new Map<string, KnownSource>();
  readonly #bindings = new Map<string, string>();
  readonly #certificates = new Map<string, KnownCertificate>();
  readonly #authorities = new Map<string, AuthorityFact>();
  readonly #permissions = new Map<string, boolean>();
  #linkable: ReadonlyMap<string, AuthorityFact['scope']> | undefined;
  /** By serial: a certificate's key never changes, so that these outlive every change of the registry. */
  readonly #publicKeys = new Map<string, KeyObject>();
  #version = -1;
  #turn: Turn | undefined;

  constructor(private readonly entriesMax = entriesMaxDefault) {}

  /** From the next turn on everything is read from the store again. One that is under way goes on with what it has loaded. */
  forget(): void {
    this.#version = -1;
  }

  /** Loads what is wanted and not known. */
  async load(turn: Turn, wanted: Wanted): Promise<void> {
    const isCurrent = turn.registryVersion === this.#version && !this.#isFull;
    if (turn !== this.#turn && !isCurrent) this.#startFrom(turn.registryVersion);
    this.#turn = turn;
    await this.#loadCertificates(turn.manager, wanted.serials);
    await this.#loadSources(turn.manager, wanted.bindings);
    await this.#loadAuthorities(turn.manager, wanted.systems);
  }

  sourceOf(binding: { facility: string; application: string }): SourceFact | undefined {
    return this.#sources.get(this.#bindings.get(bindingKey(binding)) ?? '')?.fact;
  }

  source(id: string): SourceFact | undefined {
    return this.#sources.get(id)?.fact;
  }

  /** The steps of a source, oldest first; none when it was certified from the start. */
  phases(sourceId: string): readonly PhaseStep[] {
    return this.#sources.get(sourceId)?.steps ?? [];
  }

  certificate(serial: string): KnownCertificate | undefined {
    return this.#certificates.get(serial);
  }

  authority(system: string): AuthorityFact | undefined {
    return this.#authorities.get(system);
  }

  /** May the source use an authority that another facility issues? */
  async isPermitted({ manager }: Turn, sourceId: string, system: string): Promise<boolean> {
    const name = `${sourceId} ${system}`;
    const known = this.#permissions.get(name) ?? (await manager.existsBy(AuthorityPermission, { sourceId, system }));
    this.#permissions.set(name, known);
    return known;
  }

  /** Authorities whose numbers link records, with their scope. Only after `load` in the same turn. */
  async linkable({ manager }: Turn): Promise<ReadonlyMap<string, AuthorityFact['scope']>> {
    this.#linkable ??= new Map(
      (await manager.findBy(Authority, { scope: In(['enterprise', 'national']) })).map((row) => [
        row.system,
        row.scope,
      ]),
    );
    return this.#linkable;
  }

  /** Public keys of these certificates, as far as they exist. Needs no turn. */
  async publicKeys(manager: EntityManager, serials: readonly string[]): Promise<ReadonlyMap<string, KeyObject>> {
    const keys = new Map(serials.map((serial) => [serial, this.#publicKeys.get(serial)]));
    const missing = [...keys].flatMap(([serial, key]) => (key === undefined ? [serial] : []));
    const rows = missing.length === 0 ? [] : await manager.findBy(Certificate, { serial: In(missing) });
    if (rows.length > 0 && this.#publicKeys.size >= this.entriesMax) this.#publicKeys.clear();
    for (const { serial, certificate } of rows) {
      const { publicKey } = new X509Certificate(certificate);
      this.#publicKeys.set(serial, publicKey);
      keys.set(serial, publicKey);
    }
    return new Map([...keys].flatMap(([serial, key]) => (key === undefined ? [] : [[serial, key]])));
  }

  get #isFull(): boolean {
    return this.#ofTurns.some(({ size }) => size >= this.entriesMax);
  }

  get #ofTurns(): readonly Map<string, unknown>[] {
    return [this.#sources, this.#bindings, this.#certificates, this.#authorities, this.#permissions];
  }

  #startFrom(version: number): void {
    for (const map of this.#ofTurns) map.clear();
    this.#linkable = undefined;
    this.#version = version;
  }

  async #loadCertificates(manager: EntityManager, serials: readonly string[]): Promise<void> {
    const missing = [...new Set(serials)].filter((serial) => !this.#certificates.has(serial));
    if (missing.length === 0) return;
    for (const row of await manager.findBy(Certificate, { serial: In(missing) })) {
      const { serial, kind, sourceId, notBefore, notAfter, revokedAt } = row;
      this.#certificates.set(serial, { serial, kind, sourceId, notBefore, notAfter, revokedAt });
    }
    const ids = missing.map((serial) => this.#certificates.get(serial)?.sourceId ?? '');
    await this.#loadSourcesBy(manager, [{ id: In(ids.filter((id) => id !== '' && !this.#sources.has(id))) }]);
  }

  async #loadSources(manager: EntityManager, bindings: Wanted['bindings']): Promise<void> {
    const missing = new Map(bindings.map((one) => [bindingKey(one), one]));
    for (const key of missing.keys()) if (this.#bindings.has(key)) missing.delete(key);
    const where = [...missing.values()].map(({ facility, application }) => ({ facility, application }));
    if (where.length > 0) await this.#loadSourcesBy(manager, where);
  }

  async #loadSourcesBy(manager: EntityManager, where: Parameters<typeof findSources>[1]): Promise<void> {
    const facts = await findSources(manager, where);
    const phased = facts.filter(({ phase }) => phase !== undefined).map(({ id }) => id);
    const steps = phased.length === 0 ? [] : await findSteps(manager, phased);
    for (const fact of facts) {
      this.#sources.set(fact.id, { fact, steps: steps.filter(({ sourceId }) => sourceId === fact.id) });
      this.#bindings.set(bindingKey(fact), fact.id);
    }
  }

  async #loadAuthorities(manager: EntityManager, systems: readonly string[]): Promise<void> {
    const missing = [...new Set(systems)].filter((system) => !this.#authorities.has(system));
    if (missing.length === 0) return;
    for (const row of await manager.findBy(Authority, { system: In(missing) }))
      this.#authorities.set(row.system, authorityFact(row));
  }
}

async function findSources(
  manager: EntityManager,
  where: Parameters<typeof manager.findBy<Source>>[1],
): Promise<readonly SourceFact[]> {
  return (await manager.findBy(Source, where)).map(parseSourceFact);
}

function findSteps(manager: EntityManager, sourceIds: readonly string[]): Promise<readonly SourcePhaseChange[]> {
  return manager.find(SourcePhaseChange, {
    where: { sourceId: In(sourceIds) },
    order: { sourceId: 'ASC', version: 'ASC' },
  });
}

function bindingKey({ facility, application }: { facility: string; application: string }): string {
  return JSON.stringify([facility, application]);
}
