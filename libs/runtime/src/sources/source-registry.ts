import { type DeliveredRecord, judgeEach, type Refusal } from '@anamnesis/bus';
import {
  type AuthorityFact,
  type CertificateFact,
  parseRegistryFact,
  type RegistryFact,
  type SourceFact,
} from '@anamnesis/core';

/** What registration has decided, as it stands now: the latest fact of each key of `registry.changed`. */
export class SourceRegistry {
  readonly #sources = new Map<string, SourceFact>();
  /** Ids, by who sends. */
  readonly #idBySender = new Map<string, string>();
  readonly #authorities = new Map<string, AuthorityFact>();
  /** Ids. */
  readonly #withListener = new Set<string>();
  readonly #certificates = new Map<string, CertificateFact>();

  /** Takes records of `registry.changed` in, in their order; gives back those that are no facts. */
  take(records: readonly DeliveredRecord[]): readonly Refusal[] {
    const { done, refusals } = judgeEach(records, ({ header }) => parseRegistryFact(header));
    for (const fact of done) this.apply(fact);
    return refusals;
  }

  /** Takes a fact in; of one key the last one holds. */
  apply(fact: RegistryFact): void {
    switch (fact.kind) {
      case 'source':
        this.#applySource(fact);
        return;
      case 'authority':
        this.#authorities.set(fact.system, fact);
        return;
      case 'certificate':
        this.#certificates.set(fact.serial, fact);
        return;
    }
  }

  source(facility: string, application: string): SourceFact | undefined {
    const id = this.#idBySender.get(senderKey(facility, application));
    return id === undefined ? undefined : this.#sources.get(id);
  }

  authority(system: string): AuthorityFact | undefined {
    return this.#authorities.get(system);
  }

  /** Does any source have a listener of its own, for application acknowledgements? */
  get hasListeners(): boolean {
    return this.#withListener.size > 0;
  }

  isRevoked(serial: string): boolean {
    return this.#certificates.get(serial)?.revokedAt !== undefined;
  }

  #applySource(fact: SourceFact): void {
    const before = this.#sources.get(fact.id);
    // A source that was renamed no longer answers to its old name.
    const keyBefore = before === undefined ? undefined : senderKey(before.facility, before.application);
    if (keyBefore !== undefined && this.#idBySender.get(keyBefore) === fact.id) this.#idBySender.delete(keyBefore);
    this.#sources.set(fact.id, fact);
    if (fact.applicationAcknowledgementTo === undefined) this.#withListener.delete(fact.id);
    else this.#withListener.add(fact.id);
    this.#idBySender.set(senderKey(fact.facility, fact.application), fact.id);
  }
}

/** One text for the pair, that no two pairs share. */
export function senderKey(facility: string, application: string): string {
  return JSON.stringify([facility, application]);
}
