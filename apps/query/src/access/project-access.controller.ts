import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DeliveredRecord, judgeEach, type Refusal } from '@anamnesis/bus';
import { AccessEvent, AccessPerson, insertFresh, insertRows, Store } from '@anamnesis/store';
import { accessRows } from './access-rows.js';

@Controller()
export class ProjectAccessController {
  constructor(private readonly store: Store) {}

  /** One DB transaction a batch; a redelivered access event is known by its id. */
  @EventPattern('access.recorded', { group: 'query' })
  async project(@Payload() records: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    const { done, refusals } = judgeEach(records, ({ header }) => accessRows(header));
    const byId = new Map(done.map((rows) => [rows.event.id, rows]));
    await this.store.transaction(async (manager) => {
      const rows = [...byId.values()].map(({ event }) => event);
      const fresh = await insertFresh(manager, AccessEvent, { key: 'id', rows });
      const persons = fresh.flatMap((id) => byId.get(id)?.persons ?? []);
      await insertRows(manager, AccessPerson, persons);
    });
    return refusals;
  }
}
