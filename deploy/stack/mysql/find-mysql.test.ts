import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findMysql } from '../mysql.mjs';

describe('findMysql', () => {
  const before = process.env['MYSQLD_BIN'];
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'anamnesis-mysqld-'));
    process.env['MYSQLD_BIN'] = join(directory, 'mysqld');
  });
  afterEach(() => {
    if (before === undefined) delete process.env['MYSQLD_BIN'];
    else process.env['MYSQLD_BIN'] = before;
    rmSync(directory, { recursive: true });
  });

  const named = (says: string) => {
    const file = join(directory, 'mysqld');
    writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
    chmodSync(file, 0o755);
    return findMysql();
  };

  it('takes the program that MYSQLD_BIN names, with its version', () => {
    const file = join(directory, 'mysqld');
    expect(named('mysqld  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)')).toEqual({
      file,
      version: '8.4.3',
    });
  });

  it.each([
    ['mysqld  Ver 10.11.6-MariaDB for debian-linux-gnu on x86_64 (Debian 12)', /is MariaDB's/],
    ['mysqld  Ver 5.7.44 for Linux on x86_64', /is MySQL 5.7.44/],
    ['', /does not say its version/],
  ])('says of one that answers %p what is wrong with it', (says, why) => {
    expect(named(says)).toEqual({ missing: expect.stringMatching(why) });
  });

  it('says that the program is not there', () => {
    expect(findMysql()).toEqual({ missing: expect.stringMatching(/does not say its version: install MySQL/) });
  });
});
