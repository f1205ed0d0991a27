import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { databases, run } from '../../../../test/databases.js';
import { insertRows } from '../insert-once.js';
import { Facility } from '../registration/index.js';
import { schema } from '../schema.js';
import { Store } from '../store.js';

const row = (id: string) => ({ id, name: id, createdAt: '2024-02-29T23:59:59.123Z' });

describe.each(databases)('schema on $name', ({ name, fresh }) => {
  const opened: Store[] = [];
  let directory: string;
  let databaseUrl: string | undefined;
  const open = async () => {
    const store = await Store.open({ databaseUrl, directory });
    opened.push(store);
    return store;
  };
  const closeAll = () => Promise.all(opened.splice(0).map((store) => store.close()));
  const migrationsOf = (store: Store) =>
    store.reader.manager.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY id');

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-schema-'));
    databaseUrl = await fresh();
  });
  afterEach(closeAll);
  afterAll(() => rm(directory, { recursive: true }));

  if (name !== 'SQLite')
    it('is made once when ten processes start at the same time', async () => {
      const stores = await Promise.all(Array.from({ length: 10 }, open));
      const [first] = stores;
      if (first === undefined) throw new Error('no store');
      expect(await migrationsOf(first)).toHaveLength(schema.migrations.length);
      await Promise.all(
        stores.map((store, at) => store.transaction((m) => insertRows(m, Facility, [row(`ten-${at}`)]))),
      );
    });

  it('is finished by the next start when a migration was cut short', async () => {
    const store = await open();
    // As a process leaves it that is killed after its last statement and before it says so.
    await store.transaction((manager) => manager.query('DELETE FROM migrations'));
    await closeAll();
    const again = await open();
    expect(await migrationsOf(again)).toHaveLength(schema.migrations.length);
    expect(await again.reader.manager.query('SELECT COUNT(*) AS count FROM registration_turn')).toEqual([{ count: 1 }]);
  });

  it('may be newer than the code: what the next version added is left alone', async () => {
    const store = await open();
    await store.transaction(async (manager) => {
      await manager.query("ALTER TABLE facility ADD COLUMN region varchar(40) NOT NULL DEFAULT 'none'");
      await manager.query('CREATE TABLE added_later (id integer PRIMARY KEY)');
      const sql = 'INSERT INTO migrations (timestamp, name) VALUES (?, ?)';
      await manager.query(sql, [1_999_999_999_999, 'AddRegion1999999999999']);
    });
    await closeAll();
    const older = await open();
    await older.transaction((manager) => insertRows(manager, Facility, [row('kept')]));
    await older.transaction((manager) => manager.update(Facility, { id: 'kept' }, { title: 'new' }));
    expect(await older.reader.manager.findOneByOrFail(Facility, { id: 'kept' })).toMatchObject({ title: 'new' });
    expect(await older.reader.manager.query("SELECT region FROM facility WHERE id = 'kept'")).toEqual([
      { region: 'none' },
    ]);
    expect(await migrationsOf(older)).toHaveLength(schema.migrations.length + 1);
  });

  if (name !== 'SQLite')
    it('is refused where text does not compare byte by byte, with the statement that mends it', async () => {
      const store = await open();
      await store.transaction((manager) =>
        manager.query('ALTER TABLE facility CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci'),
      );
      await closeAll();
      const refused = await open().catch((error: unknown) => error as Error);
      if (refused instanceof Store) throw new Error('opened');
      expect(refused.message).toContain('facility.id does not compare byte by byte');
      const [mend = ''] = /ALTER TABLE .*/.exec(refused.message) ?? [];
      await run(databaseUrl ?? '', mend.replace('TABLE ', `TABLE ${new URL(databaseUrl ?? '').pathname.slice(1)}.`));
      await open();
    });
});
