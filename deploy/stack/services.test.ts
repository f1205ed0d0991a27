import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import mysql from 'mysql2/promise';
import { startMariadb } from './mariadb.mjs';
import { startPostgres } from './postgres.mjs';
import { provided } from './provided.js';
import { startRedis } from './redis.mjs';

const directory = await mkdtemp(join(tmpdir(), 'anamnesis-services-'));
const place = { mariadb: join(directory, 'mariadb'), redis: join(directory, 'redis') };
const mariadb = await provided(() => startMariadb({ directory: place.mariadb }));
const redis = await provided(() => startRedis({ directory: place.redis }));
// Of its own: whom it runs as has to be able to reach it.
const postgresPlace = await mkdtemp(join(tmpdir(), 'anamnesis-postgres-'));
const postgres = await provided(() => startPostgres({ directory: postgresPlace }));

afterAll(async () => {
  await Promise.all([mariadb?.kill(), redis?.kill(), postgres?.kill()]);
  await Promise.all([directory, postgresPlace].map((one) => rm(one, { recursive: true })));
});

const withMariadb = mariadb === undefined ? describe.skip : describe;
const withRedis = redis === undefined ? describe.skip : describe;
const withPostgres = postgres === undefined ? describe.skip : describe;

withMariadb('startMariadb', () => {
  const service = mariadb as NonNullable<typeof mariadb>;
  const query = async (sql: string) => {
    const connection = await mysql.createConnection(await service.url('kept'));
    try {
      return (await connection.query(sql))[0];
    } finally {
      await connection.end();
    }
  };

  it('keeps what was committed when it is killed', async () => {
    await query('CREATE TABLE fact (id INT PRIMARY KEY)');
    await query('INSERT INTO fact VALUES (7)');
    await service.kill();
    expect(service.pid()).toBeUndefined();
    await service.start();
    expect(await query('SELECT id FROM fact')).toEqual([{ id: 7 }]);
  });

  it('writes commits through to the disk, and a row binlog', async () => {
    const names = ['innodb_flush_log_at_trx_commit', 'sync_binlog', 'log_bin', 'binlog_format', 'character_set_server'];
    const [settings] = (await query(`SELECT ${names.map((name) => `@@${name} ${name}`).join(', ')}`)) as object[];
    expect(settings).toEqual({
      innodb_flush_log_at_trx_commit: 1,
      sync_binlog: 1,
      log_bin: 1,
      binlog_format: 'ROW',
      character_set_server: 'utf8mb4',
    });
  });

  it('lets nobody in without the password', async () => {
    const { port } = new URL(await service.url('kept'));
    const connecting = mysql.createConnection({ host: '127.0.0.1', port: Number(port), user: 'root' });
    await expect(connecting).rejects.toThrow(/Access denied/);
    expect((await stat(place.mariadb)).mode & 0o077).toBe(0);
  });
});

withRedis('startRedis', () => {
  const service = redis as NonNullable<typeof redis>;

  it('is found running by another start in the same directory', async () => {
    const found = await startRedis({ directory: place.redis });
    expect(found.pid()).toBe(service.pid());
    expect(found.url).toBe(service.url);
  });

  it('comes up on another port when somebody has taken its own', async () => {
    const { port } = new URL(service.url);
    await service.stop();
    const squatter = createServer().listen(Number(port), '127.0.0.1');
    await once(squatter, 'listening');
    try {
      const elsewhere = await startRedis({ directory: place.redis });
      expect(new URL(elsewhere.url).port).not.toBe(port);
      expect(new URL(elsewhere.url).password).toBe(new URL(service.url).password);
    } finally {
      squatter.close();
    }
  });
});

withPostgres('startPostgres', () => {
  const service = postgres as NonNullable<typeof postgres>;

  it('logs changes for whoever follows them, and never runs as root', async () => {
    expect(await service.query('SHOW wal_level; SELECT 1, 2')).toBe('logical\n1|2');
    expect((await stat(`/proc/${service.pid() ?? 0}`)).uid).not.toBe(0);
  });

  it('is found running by another start in the same directory', async () => {
    const found = await startPostgres({ directory: postgresPlace });
    expect(found.pid()).toBe(service.pid());
    expect(found.connection()).toEqual(service.connection());
  });

  it('says what is wrong with a statement', async () => {
    await expect(service.query('SELECT 1; SELECT nothing')).rejects.toThrow(/column "nothing" does not exist/);
  });
});
