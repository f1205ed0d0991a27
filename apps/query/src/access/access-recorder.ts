import { Inject, Injectable } from '@nestjs/common';
import type { EventBus } from '@anamnesis/bus';
import type { AccessRecord } from '@anamnesis/core';
import { EVENT_BUS } from '@anamnesis/runtime';

/** Writes access events down. */
@Injectable()
export class AccessRecorder {
  constructor(@Inject(EVENT_BUS) private readonly bus: EventBus) {}

  /** Resolves when the event is durable; only then may the answer leave. Throws `Unavailable`: then nothing leaves. */
  async record(record: AccessRecord): Promise<void> {
    const key = record.persons[0] ?? record.actor.token ?? 'anonymous';
    await this.bus.publish('access.recorded', [{ key, header: { ...record }, body: new Uint8Array(0) }]);
  }
}
