import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Asked, GroupCommit, type Lane } from './group-commit.js';
import { LogFile } from './log-file.js';
import type { Append, LogAnswer, WriteRequest } from './log-protocol.js';
import { Prune } from './prune.js';

const topic = 'clinical.received';
const append = (text: string, epoch = 0): WriteRequest & Append => ({
  kind: 'append',
  epoch,
  topic,
  records: [{ partition: 1, key: 'key', value: new TextEncoder().encode(text) }],
});
const settle: WriteRequest = { kind: 'settle', topic, partition: 1, group: 'g', offset: 1, dead: undefined };
const errors = (answers: readonly LogAnswer[]) => answers.map(({ error }) => error?.message);

describe('GroupCommit', () => {
  let directory: string;
  let log: LogFile;
  let commit: GroupCommit;
  let client: Lane;
  let isNearlyFull: boolean;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-commit-'));
    isNearlyFull = false;
    client = { epochMin: 0 };
    log = new LogFile(join(directory, 'bus.db'), { sizeBytesMax: 512 * 1024 });
    const space = {
      get isNearlyFull() {
        return isNearlyFull;
      },
    };
    commit = new GroupCommit({ log, prune: new Prune(log.database), space });
  });
  afterEach(async () => {
    log.close();
    await rm(directory, { recursive: true });
  });

  type Message = Asked<Lane, WriteRequest>;
  const commitAll = (asked: readonly Message[]) => commit.write(asked).answers.map(({ answer }) => answer);
  const write = (...requests: WriteRequest[]) => commitAll(requests.map((request, id) => ({ client, id, request })));
  const stored = () =>
    log
      .read({ topic, partition: 1, after: 0, limit: { records: 100, bytes: 1_000_000 } })
      .map(({ value }) => new TextDecoder().decode(value));
  const tooLarge = 'x'.repeat(1024 * 1024);

  it('writes what came together, in order', () => {
    expect(errors(write(append('a'), append('b')))).toEqual([undefined, undefined]);
    write(append('c'));
    expect(stored()).toEqual(['a', 'b', 'c']);
  });

  it('fails all that came together when one of them cannot be stored, and stores none', () => {
    expect(errors(write(append('a'), append(tooLarge), settle))).toEqual(Array(3).fill('database or disk is full'));
    expect(stored()).toEqual([]);
  });

  it('fails what was under way when an append failed, until the sender begins a new epoch', () => {
    write(append('a'));
    write(append(tooLarge));
    expect(errors(write(append('behind')))).toEqual(['a publish before this one failed']);
    expect(errors(write(append('still behind'), append('again', 1), settle))).toEqual([
      'a publish before this one failed',
      undefined,
      undefined,
    ]);
    expect(stored()).toEqual(['a', 'again']);
  });

  it('fails what of another client shared its commit, and nothing else of it', () => {
    const other: Lane = { epochMin: 0 };
    write(append(tooLarge));
    expect(errors(commitAll([{ client: other, id: 0, request: append('other') }]))).toEqual([undefined]);
    expect(errors(write(append('behind')))).toEqual(['a publish before this one failed']);
    const together: Message[] = [
      { client, id: 1, request: append(tooLarge, 1) },
      { client: other, id: 1, request: append('with it') },
    ];
    expect(errors(commitAll(together))).toEqual(Array(2).fill('database or disk is full'));
    expect(errors(commitAll([{ client: other, id: 2, request: append('behind') }]))).toEqual([
      'a publish before this one failed',
    ]);
    expect(stored()).toEqual(['other']);
  });

  it('tells what became durable, dead letters included, and nothing that did not', () => {
    const dead = { ...append('dead'), topic: 'clinical.received.g.dead' as const };
    const requests = [append('a'), { ...settle, dead }, settle];
    const { appends } = commit.write(requests.map((request, id) => ({ client, id, request })));
    expect(appends.map((one) => one.topic)).toEqual([topic, dead.topic]);
    expect(commit.write([{ client, id: 0, request: append(tooLarge) }]).appends).toEqual([]);
  });

  it('uses no offset twice after a failure, and leaves no trace of what failed', () => {
    write(append('a'));
    write(append('lost'), append(tooLarge));
    write(append('b', 1));
    const offsets = log.read({ topic, partition: 1, after: 0, limit: { records: 9, bytes: 9999 } });
    expect(offsets.map(({ offset }) => offset)).toEqual([1, 2]);
  });

  it('takes no append while the disk is nearly full, and settles all the same', () => {
    write(append('a'));
    log.subscribe(topic, 'g');
    isNearlyFull = true;
    const dead = { ...append('dead'), topic: 'clinical.received.g.dead' as const };
    expect(errors(write(append('b'), { ...settle, dead }, append('c')))).toEqual([
      'disk nearly full',
      'a publish before this one failed',
      undefined,
    ]);
    expect(log.lag(topic, 'g').records).toBe(0);
    expect(log.lag('clinical.received.g.dead', 'any').records).toBe(1);
    isNearlyFull = false;
    expect(errors(write(append('behind'), append('b', 1)))).toEqual(['a publish before this one failed', undefined]);
  });

  it('answers a read that fails with its error alone', () => {
    const place = { kind: 'read', topic, partition: 9, after: 0, limit: { records: 1, bytes: 1 } } as const;
    expect(commit.read({ id: 5, request: place })).toMatchObject({
      id: 5,
      error: { message: `${topic} has no partition 9` },
    });
  });
});
