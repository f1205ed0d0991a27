import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DeliveredRecord, judgeEach, type Refusal } from '@anamnesis/bus';
import { parseRegistryFact } from '@anamnesis/core';
import { Remaps } from '../remap/remaps.js';
import { QuietSources } from './quiet-sources.js';

@Controller()
export class RegistryController {
  constructor(
    private readonly sources: QuietSources,
    private readonly remaps: Remaps,
  ) {}

  /** The registry is read whole at each start and kept in memory; which code tables were applied is in the store. */
  @EventPattern('registry.changed', { group: 'query', from: 'start' })
  async take(@Payload() records: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    const { done, refusals } = judgeEach(records, ({ header }) => parseRegistryFact(header));
    for (const fact of done) if (fact.kind === 'source') this.sources.take(fact);
    await this.remaps.take(done);
    return refusals;
  }
}
