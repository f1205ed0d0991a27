import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DeliveredRecord, judgeEach, type Refusal } from '@anamnesis/bus';
import { parseCertifiedEvent } from '@anamnesis/core';
import { Ledgers } from '@anamnesis/runtime';
import { Store } from '@anamnesis/store';
import { collect } from './collect.js';
import { Sealing } from './sealing.js';

@Controller()
export class CollectController {
  constructor(
    private readonly store: Store,
    private readonly sealing: Sealing,
    private readonly ledgers: Ledgers,
  ) {}

  @EventPattern('clinical.certified', { group: 'ledger-writer' })
  async collect(@Payload() records: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    const { done, refusals } = judgeEach(records, ({ header }) => parseCertifiedEvent(header));
    this.sealing.collected(await collect(this.store, done, (facility) => this.ledgers.organisationOf(facility)));
    return refusals;
  }
}
