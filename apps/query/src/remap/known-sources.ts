import { Injectable } from '@nestjs/common';
import type { AuthorityFact, RegistryFact, SourceFact } from '@anamnesis/core';
import type { Authorities } from '@anamnesis/fhir';

/** Sources and authorities as the registry has them now: what a mapping has to know beyond the message. */
@Injectable()
export class KnownSources implements Authorities {
  readonly #sources = new Map<string, SourceFact>();
  readonly #authorities = new Map<string, AuthorityFact>();

  take(fact: RegistryFact): void {
    if (fact.kind === 'source') this.#sources.set(fact.id, fact);
    if (fact.kind === 'authority') this.#authorities.set(fact.system, fact);
  }

  source(id: string): SourceFact | undefined {
    return this.#sources.get(id);
  }

  authority(system: string): AuthorityFact | undefined {
    return this.#authorities.get(system);
  }
}
