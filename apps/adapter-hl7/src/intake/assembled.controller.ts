import { Controller, Injectable } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { DeliveredRecord, Refusal } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import type { ReceiveAssembled } from './receive-assembled.js';

/** Where what the bus delivers meets the adapter, which is opened after the controllers are made. */
@Injectable()
export class AssembledIntake {
  take: ReceiveAssembled = () => Promise.reject(new Unavailable('adapter', 'not opened yet'));
}

/** Messages that registration put together from fragments: one instance takes each, whoever received the fragments. */
@Controller()
export class AssembledController {
  constructor(private readonly intake: AssembledIntake) {}

  @EventPattern('intake.assembled', { group: 'adapter-hl7' })
  take(@Payload() records: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    return this.intake.take(records);
  }
}
