import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { DeliveredRecord, Refusal } from '@anamnesis/bus';
import { SourceRegistry } from '@anamnesis/runtime';

/** Every instance reads all facts of the registry at each start, before it reads any source. */
@Controller()
export class RegistryController {
  constructor(private readonly registry: SourceRegistry) {}

  @EventPattern('registry.changed', { group: 'adapter-db', from: 'start' })
  apply(@Payload() records: readonly DeliveredRecord[]): readonly Refusal[] {
    return this.registry.take(records);
  }
}
