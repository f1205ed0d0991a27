import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import type { AnchorEntry } from '../anchor-entry.js';
import { someEntries } from '../ledger.conformance.js';
import { auditStep, checkAtStart } from './audit-log.js';
import { LogFile } from './log-file.js';
import { LogTree } from './log-tree.js';
import { formatVerifierKey } from './signed-note.js';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const identity = { privateKey, vkey: formatVerifierKey('ledger.example/audit', publicKey) };

describe('audit of a long log', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'anamnesis-audit-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const path = (name: string) => join(directory, name);
  /** One commit, hence one checkpoint, per 700 entries. */
  function write(name: string, entries: readonly AnchorEntry[]): void {
    const file = new LogFile(path(name));
    LogTree.begin(file, identity);
    const tree = new LogTree(file, identity);
    for (let from = 0; from < entries.length; from += 700) tree.append(entries.slice(from, from + 700));
    file.close();
  }
  function tamper(name: string, sql: string): void {
    const database = new Database(path(name));
    database.exec(sql);
    database.close();
  }
  function audit(name: string) {
    const file = new LogFile(path(name));
    const log = { file, tree: new LogTree(file, identity) };
    let [step, checked] = [auditStep(log, 0), 0];
    for (; step.next !== undefined; step = auditStep(log, step.next)) checked += step.checked;
    file.close();
    return { checked: checked + step.checked, firstBad: step.firstBad };
  }

  it('finds nothing in a sound log', () => {
    write('log.db', someEntries(2400));
    expect(audit('log.db')).toEqual({ checked: 2400, firstBad: undefined });
  });

  it('finds one altered old entry that a start may miss', () => {
    write('log.db', someEntries(2400));
    tamper('log.db', `UPDATE entry SET body = replace(body, '"size":', '"size":1') WHERE position = 10`);
    expect(audit('log.db').firstBad).toBe(10);
  });

  it('finds a history that was rewritten hash by hash, because the old checkpoints do not cover it', () => {
    const [entries, [altered]] = [someEntries(2400), someEntries(1)];
    write('log.db', entries);
    write('rewritten.db', altered ? entries.with(900, altered) : []);
    tamper(
      'rewritten.db',
      `ATTACH '${path('log.db')}' AS old; DELETE FROM main.checkpoint; INSERT INTO main.checkpoint SELECT * FROM old.checkpoint`,
    );
    // Entry 900 is under the checkpoint of 1400; up to the one of 700 all is vouched for.
    expect(audit('rewritten.db').firstBad).toBe(700);
    const file = new LogFile(path('rewritten.db'));
    expect(() => {
      checkAtStart({ file, tree: new LogTree(file, identity) });
    }).toThrow(/damaged at position 700:/);
    file.close();
  });

  it('never signs on top of a tree that is not the one it signed last', () => {
    write('log.db', someEntries(11));
    const file = new LogFile(path('log.db'));
    const tree = new LogTree(file, identity);
    file.insertEntry({ position: 11, batchId: 'x', body: '{}', anchoredAtMs: 0 });
    expect(() => tree.append(someEntries(1))).toThrow(/damaged at position 11:/);
    expect(file.lastCheckpoint()?.size).toBe(11);
    file.close();
  });
});
