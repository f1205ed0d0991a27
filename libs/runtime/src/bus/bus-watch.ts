import { Inject, Injectable } from '@nestjs/common';
import type { EventBus } from '@anamnesis/bus';
import { DependencyWatch } from '../process/dependency-watch.js';
import { BusTransport } from './bus-transport.js';
import { EVENT_BUS } from './tokens.js';

/** Whether the bus is there. It answers what any of its readers asks all the time: how much waits. */
@Injectable()
export class BusWatch {
  constructor(@Inject(EVENT_BUS) bus: EventBus, transport: BusTransport, watch: DependencyWatch) {
    watch.add({
      name: 'bus',
      ask: async () => {
        const [one] = [...transport.groups, ...transport.readers];
        if (one !== undefined) await bus.lag(one.topic, one.group);
      },
      isVital: true,
    });
  }
}
