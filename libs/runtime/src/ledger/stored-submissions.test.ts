import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseBatchId } from '@anamnesis/ledger';
import { Store } from '@anamnesis/store';
import { StoredSubmissions } from './stored-submissions.js';

describe('stored submissions', () => {
  let directory: string;
  let store: Store;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'anamnesis-submissions-'));
    store = await Store.open({ directory });
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  const submission = {
    batchId: parseBatchId('b'.repeat(32)),
    transactionId: 'f'.repeat(64),
    envelope: Buffer.from([0, 255, 1]),
  };

  it('keeps the bytes, and the newest for a batch, over a restart', async () => {
    await new StoredSubmissions(store, 'HospitalA').save(submission);
    const evidence = JSON.stringify({ large: 'x'.repeat(100_000) });
    const newer = { ...submission, transactionId: 'e'.repeat(64), evidence };
    await new StoredSubmissions(store, 'HospitalA').save(newer);
    await store.close();
    store = await Store.open({ directory });
    expect(await new StoredSubmissions(store, 'HospitalA').find(submission.batchId)).toEqual(newer);
  });

  it('keeps organisations apart', async () => {
    await new StoredSubmissions(store, 'HospitalA').save(submission);
    expect(await new StoredSubmissions(store, 'HospitalB').find(submission.batchId)).toBeUndefined();
    expect(await new StoredSubmissions(store, 'HospitalA').find(parseBatchId('c'.repeat(32)))).toBeUndefined();
  });
});
