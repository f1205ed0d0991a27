import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DeliveredRecord, judgeEach, type Refusal } from '@anamnesis/bus';
import { parseRegistryFact } from '@anamnesis/core';
import { QuietSources } from './quiet-sources.js';

@Controller()
export class RegistryController {
  constructor(private readonly sources: QuietSources) {}

  /** The registry is read whole at each start and kept in memory. */
  @EventPattern('registry.changed', { group: 'query', from: 'start' })
  take(@Payload() records: readonly DeliveredRecord[]): readonly Refusal[] {
    const { done, refusals } = judgeEach(records, ({ header }) => parseRegistryFact(header));
    for (const fact of done) if (fact.kind === 'source') this.sources.take(fact);
    return refusals;
  }
}
