import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import mysql from 'mysql2/promise';
import type { EntityManager } from 'typeorm';
import { Unavailable } from '@anamnesis/core';
import { type Mariadb, startMariadb } from '../../../../deploy/stack/mariadb.mjs';
import { findMysql, startMysql } from '../../../../deploy/stack/mysql.mjs';
import { provided } from '../../../../deploy/stack/provided.js';
import { insertOnce } from '../insert-once.js';
import { Facility } from '../registration/index.js';
import type { StoreLimits } from '../store-limits.js';
import { Store } from '../store.js';
import { startCuttingProxy } from '../testing/cutting-proxy.js';

const row = (id: string) => ({ id, name: id, createdAt: '2024-02-29T23:59:59.123Z' });
const directory = await mkdtemp(join(tmpdir(), 'anamnesis-faults-'));
const mysqlFound = findMysql();
if ('missing' in mysqlFound) process.stderr.write(`SKIPPED: A STORE ON MYSQL THAT FAILS: ${mysqlFound.missing}\n`);

const servers = [
  ['MariaDB', await provided(() => startMariadb({ directory: join(directory, 'mariadb') }))],
  ['MySQL', 'missing' in mysqlFound ? undefined : await startMysql({ directory: join(directory, 'mysql') })],
] as const;
afterAll(() => rm(directory, { recursive: true }));

for (const [product, server] of servers)
  (server === undefined ? describe.skip : describe)(`store whose ${product} fails`, () => {
    failing(server as Mariadb);
  });

/** A server of its own, because it is killed, stopped and misconfigured. */
function failing(server: Mariadb): void {
  let databaseUrl: string;
  let root: mysql.Connection;
  const opened: Store[] = [];

  const open = async (limits?: Partial<StoreLimits>) => {
    const store = await Store.open({ databaseUrl, directory, poolMax: 4, limits });
    opened.push(store);
    return store;
  };
  const insert = (store: Store, id: string) => store.transaction((manager) => insertOnce(manager, Facility, row(id)));
  const ids = async (store: Store) =>
    (await store.reader.manager.find(Facility, { order: { id: 'ASC' } })).map(({ id }) => id);
  const lock = (manager: EntityManager, id: string) =>
    manager.query('UPDATE facility SET name = name WHERE id = ?', [id]);
  const connectionOf = async (manager: EntityManager) =>
    (await manager.query<{ id: number }[]>('SELECT CONNECTION_ID() AS id'))[0]?.id ?? 0;

  beforeAll(async () => {
    databaseUrl = await server.url('faults');
  });
  beforeEach(async () => {
    root = await mysql.createConnection(databaseUrl);
    root.on('error', () => undefined);
    await root.query('DELETE FROM facility').catch(() => undefined);
  });
  afterEach(async () => {
    root.destroy();
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });
  afterAll(() => server.kill());

  it('is unavailable while the server is dead, in transactions and for readers, and goes on when it is back', async () => {
    const store = await open();
    await insert(store, 'before');
    const cut = store.transaction(async (manager) => {
      await insertOnce(manager, Facility, row('cut'));
      await server.kill();
      await insertOnce(manager, Facility, row('after the cut'));
    });
    await expect(cut).rejects.toThrow(Unavailable);
    await expect(ids(store)).rejects.toThrow(Unavailable);
    await expect(insert(store, 'dead')).rejects.toMatchObject({ dependency: 'store' });
    await expect(open()).rejects.toThrow(Unavailable);
    await server.start();
    expect(await ids(store)).toEqual(['before']);
    await insert(store, 'back');
    expect(await ids(store)).toEqual(['back', 'before']);
  });

  it('is unavailable when the server takes connections and says nothing, and goes on when it speaks again', async () => {
    const store = await open({ connectMsMax: 1500, answerMsMax: 1500 });
    await insert(store, 'before');
    server.pause();
    try {
      await expect(ids(store)).rejects.toThrow(Unavailable);
      await expect(insert(store, 'silent')).rejects.toThrow(Unavailable);
      await expect(ids(store)).rejects.toThrow(Unavailable); // on a new connection
    } finally {
      server.resume();
    }
    expect(await ids(store)).toContain('before');
    expect(await insert(store, 'later')).toBe(true);
  });

  it('is unavailable when an operator ends its connection in a transaction, of which nothing is left', async () => {
    const store = await open();
    const ended = store.transaction(async (manager) => {
      await insertOnce(manager, Facility, row('half'));
      await root.query(`KILL ${await connectionOf(manager)}`);
      await insertOnce(manager, Facility, row('whole'));
    });
    await expect(ended).rejects.toThrow(Unavailable);
    expect(await ids(store)).toEqual([]);
  });

  it('is unavailable when the answer to a commit is lost; who tries again finds it done, and only once', async () => {
    const url = new URL(databaseUrl);
    const proxy = await startCuttingProxy(Number(url.port));
    try {
      url.port = String(proxy.port);
      const store = await Store.open({ databaseUrl: url.href, directory });
      opened.push(store);
      proxy.loseAnswerTo('COMMIT');
      await expect(insert(store, 'lost')).rejects.toMatchObject({ dependency: 'store' });
      expect(await ids(store)).toEqual(['lost']);
      expect(await insert(store, 'lost')).toBe(false);
      expect(await ids(store)).toEqual(['lost']);
    } finally {
      proxy.close();
    }
  });

  it('is unavailable after a failover to a server that only reads', async () => {
    await root.query("CREATE USER app@'127.0.0.1' IDENTIFIED BY 'app'");
    await root.query("GRANT ALL ON faults.* TO app@'127.0.0.1'");
    const url = new URL(databaseUrl);
    [url.username, url.password] = ['app', 'app'];
    const store = await Store.open({ databaseUrl: url.href, directory });
    opened.push(store);
    await root.query('SET GLOBAL read_only = 1');
    try {
      await expect(insert(store, 'read only')).rejects.toThrow(Unavailable);
    } finally {
      await root.query('SET GLOBAL read_only = 0');
    }
    expect(await insert(store, 'writable')).toBe(true);
  });

  it('runs a transaction again that the server ended because two waited for each other', async () => {
    const store = await open();
    for (const id of ['a', 'b']) await insert(store, id);
    let runs = 0;
    const meet = rendezvous(2);
    const both = (first: string, second: string) =>
      store.transaction(async (manager) => {
        runs++;
        await lock(manager, first);
        await meet();
        await lock(manager, second);
        return `${first}${second}`;
      });
    expect(await Promise.all([both('a', 'b'), both('b', 'a')])).toEqual(['ab', 'ba']);
    expect(runs).toBe(3);
  });

  it('gives up a row that somebody else holds, and takes it from a process that froze', async () => {
    const store = await open({ lockWaitMsMax: 1_000, idleTransactionMsMax: 1_000 });
    const patient = await open({ lockWaitMsMax: 20_000 });
    await insert(store, 'a');
    const [isFrozen, thaw] = [rendezvous(2), rendezvous(2)];
    const frozen = store.transaction(async (manager) => {
      await lock(manager, 'a');
      await isFrozen();
      await thaw();
      await lock(manager, 'a');
    });
    const outcome = frozen.then(
      () => 'committed',
      (error: unknown) => (error as Error).name,
    );
    await isFrozen();
    await patient.transaction((manager) => lock(manager, 'a'));
    await thaw();
    expect(await outcome).toBe('Unavailable');
    const waits = patient.transaction(async (manager) => {
      await lock(manager, 'a');
      await expect(store.transaction((other) => lock(other, 'a'))).rejects.toThrow(Unavailable);
    });
    await waits;
  });

  it('is unavailable while a backup holds all tables for longer than a statement may take', async () => {
    const store = await open({ statementMsMax: 1_000, answerMsMax: 3_000 });
    await root.query('FLUSH TABLES WITH READ LOCK');
    try {
      await expect(insert(store, 'during the backup')).rejects.toThrow(Unavailable);
    } finally {
      await root.query('UNLOCK TABLES');
    }
    expect(await insert(store, 'after it')).toBe(true);
  });

  it('does not wait for ever for a connection, and gives back one that came too late', async () => {
    const store = await open({ acquireMsMax: 3_000 });
    const release: (() => void)[] = [];
    const holding = Array.from({ length: 2 }, () =>
      store.transaction(() => new Promise<void>((resolve) => release.push(resolve))),
    );
    await expect(insert(store, 'too many')).rejects.toThrow(Unavailable);
    expect(await ids(store)).toEqual([]); // readers have connections of their own
    for (const end of release) end();
    await Promise.all(holding);
    expect(await insert(store, 'free again')).toBe(true);
    expect(await insert(store, 'and again')).toBe(true);
  });

  it('says which setting of the server is wrong', async () => {
    await root.query('SET GLOBAL max_allowed_packet = 16777216');
    await expect(open()).rejects.toThrow('max_allowed_packet is 16777216 bytes');
    await root.query('SET GLOBAL max_allowed_packet = 67108864');
    await root.query("SET GLOBAL binlog_format = 'STATEMENT'");
    await expect(open()).rejects.toThrow('binlog_format');
    await root.query("SET GLOBAL binlog_format = 'ROW'");
    const wrong = new URL(databaseUrl);
    wrong.password = 'guessed';
    const refused = Store.open({ databaseUrl: wrong.href, directory });
    await expect(refused).rejects.toThrow('Access denied');
    await expect(refused).rejects.not.toThrow(Unavailable);
    await expect(Store.open({ databaseUrl: 'mariadb://root@127.0.0.1', directory })).rejects.toThrow('no database');
  });
}

/** Resolves for all when `count` have come; later ones do not wait. */
function rendezvous(count: number): () => Promise<void> {
  let come = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (open = resolve));
  return () => {
    if (++come >= count) open();
    return all;
  };
}
