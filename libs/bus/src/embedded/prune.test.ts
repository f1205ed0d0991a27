import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Topic, topics } from '../topics.js';
import { LogFile } from './log-file.js';
import { Prune } from './prune.js';

const topic = 'clinical.received';
const { retentionMs } = topics[topic];
const minuteMs = 60_000;

describe('Prune', () => {
  let directory: string;
  let log: LogFile;
  let prune: Prune;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-prune-'));
    log = new LogFile(join(directory, 'bus.db'));
    prune = new Prune(log.database);
  });
  afterEach(async () => {
    log.close();
    await rm(directory, { recursive: true });
  });

  function append(to: Topic, records: readonly { key: string; sizeBytes?: number }[]): void {
    log.transaction(() => {
      log.append({
        topic: to,
        records: records.map(({ key, sizeBytes = 10 }) => ({ partition: 0, key, value: new Uint8Array(sizeBytes) })),
      });
    });
  }

  /** Steps to the end; what each of them dropped. */
  function run(nowMs: number): number[] {
    const dropped: number[] = [];
    for (;;) {
      const step = log.transaction(() => prune.step(nowMs));
      if (step.isDone) return dropped;
      dropped.push(step.dropped);
    }
  }

  const kept = (of: Topic) =>
    log
      .read({ topic: of, partition: 0, after: 0, limit: { records: 10_000, bytes: 1e9 } })
      .map(({ offset, key }) => `${offset} ${key}`);
  const pages = (pragma: string) =>
    Object.values((log.database.pragma(pragma) as Record<string, number>[])[0] ?? {})[0] ?? NaN;
  const inAWeek = () => Date.now() + retentionMs + minuteMs;

  it('drops what every group has passed and what is older than the retention', () => {
    append(topic, [{ key: 'a' }, { key: 'b' }, { key: 'c' }]);
    log.transaction(() => log.subscribe(topic, 'quick'));
    log.transaction(() => log.subscribe(topic, 'slow'));
    log.move({ topic, partition: 0, group: 'quick', offset: 3 });
    expect(run(inAWeek())).toEqual([]);
    log.move({ topic, partition: 0, group: 'slow', offset: 2 });
    expect(run(Date.now() + retentionMs - minuteMs)).toEqual([]);
    expect(run(inAWeek())).toEqual([2]);
    expect(kept(topic)).toEqual(['3 c']);
    expect(log.lag(topic, 'slow').records).toBe(1);
    expect(log.lag(topic, 'new').records).toBe(1);
  });

  it('keeps a topic without groups for its retention only, and never uses its offsets again', () => {
    append(topic, [{ key: 'a' }, { key: 'b' }]);
    log.transaction(() => log.subscribe(topic, undefined));
    expect(run(Date.now())).toEqual([]);
    expect(run(inAWeek())).toEqual([2]);
    append(topic, [{ key: 'c' }]);
    expect(kept(topic)).toEqual(['3 c']);
  });

  it('stops at the first record that must stay', () => {
    append(topic, [{ key: 'a' }, { key: 'b' }, { key: 'c' }]);
    log.database.exec(`UPDATE record SET appended_at = ${inAWeek()} WHERE "offset" = 2`);
    expect(run(inAWeek())).toEqual([1]);
    expect(kept(topic)).toEqual(['2 b', '3 c']);
  });

  it('keeps the last record of each key of a compacted topic, however old, and nothing else of it', () => {
    append('registry.changed', [{ key: 'a' }, { key: 'b' }, { key: 'a' }, { key: 'c' }, { key: 'b' }]);
    append(topic, [{ key: 'a' }, { key: 'a' }]);
    expect(run(Date.now())).toEqual([2]);
    expect(kept('registry.changed')).toEqual(['3 a', '4 c', '5 b']);
    expect(kept(topic)).toEqual(['1 a', '2 a']);
    expect(run(inAWeek() * 2)).toEqual([2]);
    expect(kept('registry.changed')).toEqual(['3 a', '4 c', '5 b']);
  });

  it('keeps no more of the dead letters of a compacted topic than of others', () => {
    const dead = 'registry.changed.query.dead';
    append(dead, [{ key: 'a' }, { key: 'a' }]);
    expect(run(Date.now())).toEqual([]);
    expect(run(inAWeek())).toEqual([2]);
  });

  it('works in small steps, by records and by bytes', () => {
    append(topic, Array(1200).fill({ key: 'a' }));
    append('clinical.certified', Array(5).fill({ key: 'a', sizeBytes: 3 * 1024 * 1024 }));
    append('registry.changed', Array(701).fill({ key: 'a' }));
    expect(run(inAWeek())).toEqual([500, 500, 200, 2, 2, 1, 500, 200]);
  });

  it('uses the space again, and gives back what is more than a reserve', () => {
    const large = Array(8).fill({ key: 'a', sizeBytes: 12 * 1024 * 1024 }) as { key: string; sizeBytes: number }[];
    append(topic, large);
    const full = pages('page_count');
    run(inAWeek());
    expect(pages('page_count')).toBeLessThan(full * 0.75);
    expect(pages('freelist_count')).toBe(16_384);
    append(topic, large.slice(0, 4));
    expect(pages('page_count')).toBeLessThan(full * 0.75);
  });
});
