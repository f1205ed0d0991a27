import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type DeliveredRecord, judgeEach, type Refusal } from '@anamnesis/bus';
import { AccessEvent, AccessPerson, Store } from '@anamnesis/store';
import { type EntityManager, In } from 'typeorm';
import { type AccessRows, accessRows } from './access-rows.js';

const rowsPerInsert = 200;

@Controller()
export class ProjectAccessController {
  constructor(private readonly store: Store) {}

  /** One DB transaction a batch; a redelivered access event is known by its id. */
  @EventPattern('access.recorded', { group: 'query' })
  async project(@Payload() records: readonly DeliveredRecord[]): Promise<readonly Refusal[]> {
    const { done, refusals } = judgeEach(records, ({ header }) => accessRows(header));
    await this.store.transaction((manager) => insertFresh(manager, done));
    return refusals;
  }
}

async function insertFresh(manager: EntityManager, all: readonly AccessRows[]): Promise<void> {
  const byId = new Map(all.map((rows) => [rows.event.id, rows]));
  const known = await manager.find(AccessEvent, { select: { id: true }, where: { id: In([...byId.keys()]) } });
  for (const { id } of known) byId.delete(id);
  const fresh = [...byId.values()];
  await insertAll(
    manager,
    AccessEvent,
    fresh.map(({ event }) => event),
  );
  await insertAll(
    manager,
    AccessPerson,
    fresh.flatMap(({ persons }) => persons),
  );
}

async function insertAll<Row extends AccessEvent | AccessPerson>(
  manager: EntityManager,
  target: new () => Row,
  rows: readonly Row[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsPerInsert)
    await manager
      .createQueryBuilder()
      .insert()
      .into<AccessEvent | AccessPerson>(target)
      .values(rows.slice(at, at + rowsPerInsert))
      .updateEntity(false)
      .execute();
}
