import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchId } from '../../anchor-entry.js';
import type { Submission, Submissions } from '../fabric-options.js';

/** Submissions in a folder, which survive a kill -9 of their process. */
export class FileSubmissions implements Submissions {
  constructor(private readonly folder: string) {}

  find(batchId: BatchId): Promise<Submission | undefined> {
    const file = join(this.folder, batchId);
    if (!existsSync(file)) return Promise.resolve(undefined);
    const { envelope, ...kept } = JSON.parse(readFileSync(file, 'utf8')) as Submission & { readonly envelope: string };
    return Promise.resolve({ ...kept, envelope: Buffer.from(envelope, 'base64') });
  }

  save({ envelope, ...submission }: Submission): Promise<void> {
    const file = join(this.folder, submission.batchId);
    const content = { ...submission, envelope: Buffer.from(envelope).toString('base64') };
    writeFileSync(`${file}.new`, JSON.stringify(content));
    const handle = openSync(`${file}.new`, 'r');
    fsyncSync(handle);
    closeSync(handle);
    renameSync(`${file}.new`, file);
    return Promise.resolve();
  }
}
