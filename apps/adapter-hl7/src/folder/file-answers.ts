import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { batchAckHeader, batchAckTrailer, type BatchMark, standardBatchHeader } from '@anamnesis/hl7v2';
import { identity, newControlId } from '../intake/acknowledge.js';
import type { Reception } from '../mllp/block.js';
import { type FilePlace, stemOf } from './keep-refused.js';

interface OpenBatch {
  readonly header: Uint8Array;
  count: number;
}

/**
 * The answers to a file, in `answers` under its name once the file is done: a batch for each batch of it (v2.9 §2.10.3), those
 * to messages without a header in their order. What is said waits in memory until `flush`, so that a disk that fails has it
 * written again in the same place.
 */
export class FileAnswers {
  #pending: Uint8Array[] = [];
  #writtenBytes = 0;
  #handle: FileHandle | undefined;
  #fileHeader: Uint8Array | undefined;
  #batch: OpenBatch | undefined;
  #batches = 0;
  #received = 0;
  /** To messages whose source wants no answers. */
  #unwanted = 0;

  constructor(private readonly place: FilePlace) {}

  mark(mark: Exclude<BatchMark, 'MSH'>, line: Uint8Array): void {
    if (mark === 'BTS' || mark === 'BHS') this.#closeBatch();
    else this.#closeFile();
    if (mark === 'BHS') this.#openBatch(line);
    if (mark !== 'FHS') return;
    this.#fileHeader = line;
    this.#pending.push(batchAckHeader('FHS', line, own()));
  }

  /** As its source wants them: all, errors, or none. */
  answer({ answer, refusal, wanted = 'all' }: Reception): void {
    this.#received++;
    if (wanted === 'none') this.#unwanted++;
    const isSaid = wanted === 'all' || (wanted === 'errors' && refusal !== undefined);
    if (answer === undefined || !isSaid) return;
    if (this.#fileHeader !== undefined && this.#batch === undefined) this.#openBatch(standardBatchHeader);
    if (this.#batch !== undefined) this.#batch.count++;
    this.#pending.push(answer);
  }

  /** No more is said; what is open is closed. */
  end(): void {
    this.#closeFile();
  }

  /** Writes what was said. After a fault it may be called again. */
  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    this.#handle ??= await open(this.#path(true), 'w');
    const bytes = Buffer.concat(this.#pending);
    let done = 0;
    while (done < bytes.length)
      done += (await this.#handle.write(bytes, done, bytes.length - done, this.#writtenBytes + done)).bytesWritten;
    this.#writtenBytes += bytes.length;
    this.#pending = [];
  }

  /** Under the name of the file; nothing where nobody is to be told anything. */
  async publish(): Promise<void> {
    await this.#handle?.datasync();
    await this.close();
    const isMute = this.#writtenBytes === 0 || (this.#received > 0 && this.#unwanted === this.#received);
    if (isMute) await rm(this.#path(true), { force: true });
    else await rename(this.#path(true), this.#path(false));
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  #path(isPart: boolean): string {
    const { folder, name } = this.place;
    return join(folder, 'answers', isPart ? `.${stemOf(name)}.part` : name);
  }

  #openBatch(header: Uint8Array): void {
    this.#batches++;
    this.#batch = { header, count: 0 };
    this.#pending.push(batchAckHeader('BHS', header, own()));
  }

  #closeBatch(): void {
    if (this.#batch === undefined) return;
    this.#pending.push(batchAckTrailer('BTS', this.#batch.header, this.#batch.count));
    this.#batch = undefined;
  }

  #closeFile(): void {
    this.#closeBatch();
    if (this.#fileHeader === undefined) return;
    this.#pending.push(batchAckTrailer('FTS', this.#fileHeader, this.#batches));
    this.#fileHeader = undefined;
    this.#batches = 0;
  }
}

function own() {
  return { controlId: newControlId(), at: new Date(), identity };
}
