import { createHash, createHmac, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { base32, Unavailable } from '@anamnesis/core';
import { ContentFault } from './content-fault.js';
import { chunkBytes, headBytes, ObjectOpener, ObjectSealer, sealedChunkBytes, sealedSize } from './sealed-object.js';

export interface ContentStoreOptions {
  readonly directory: string;
  /** Under which the names of objects are made. */
  readonly deploymentKey: Uint8Array;
  readonly kek: Uint8Array;
  /** A reader leaves the directory as it is. */
  readonly role: 'writer' | 'reader';
  /** Left of a disk that an object may not use up. */
  readonly freeBytesMin?: number;
  /** What an earlier run left half written is removed when it is older; several processes may share the directory. */
  readonly temporaryMsMax?: number;
}

/** What is to be stored: its bytes, each time anew, in pieces of any size. */
export interface Content {
  /** SHA-256, lower-case hex. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly pieces: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

const hourMs = 60 * 60 * 1000;
const freeBytesMinDefault = 64 * 1024 * 1024;

/** An object that every writer puts when it starts, so that whoever opens the store knows that its keys fit. */
const probeContent = Buffer.from('anamnesis content store', 'utf8');
const probe = {
  content: probeContent,
  digest: createHash('sha256').update(probeContent).digest('hex'),
  sizeBytes: probeContent.length,
};

/**
 * Large values by their digest, each sealed in a file of its own: whole or not there, and once however often it is put. A
 * name is an HMAC of the digest, so that a listing says nothing of what is stored. Holds one chunk of an object at a time.
 */
export class ContentStore {
  private constructor(private readonly options: Required<ContentStoreOptions>) {}

  /**
   * Makes the directory. A writer removes what was left half written and proves that it can write and read; a reader, that
   * it can read what a writer wrote, if one did. Throws else.
   */
  static async open(options: ContentStoreOptions): Promise<ContentStore> {
    const store = new ContentStore({ freeBytesMin: freeBytesMinDefault, temporaryMsMax: hourMs, ...options });
    const made = await mkdir(join(options.directory, 'tmp'), { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncFolder(dirname(made));
    await readdir(options.directory);
    if (options.role === 'writer') {
      await store.#removeTemporaries();
      await store.#write(probe, { pieces: () => [probe.content], freeBytesMin: 0 });
    }
    await store.check(probe.digest).catch((error: unknown) => {
      const isNew = options.role === 'reader' && error instanceof ContentFault && error.fault === 'missing';
      if (!isNew) throw error;
    });
    return store;
  }

  async #removeTemporaries(): Promise<void> {
    const { directory, temporaryMsMax } = this.options;
    for (const name of await readdir(join(directory, 'tmp'))) {
      const path = join(directory, 'tmp', name);
      // Another process may have finished with it just now.
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
      if (Date.now() - mtimeMs >= temporaryMsMax) await rm(path, { force: true });
    }
  }

  /**
   * Resolves when the object is durable; one that is there already is done, and counts as put now. Throws
   * `Unavailable('content')`.
   */
  async put({ digest, sizeBytes, pieces }: Content): Promise<void> {
    try {
      if (await this.#isThere(digest, sizeBytes)) {
        // Somebody may have put it there just now, and not have got so far.
        await this.#syncName(digest);
        return;
      }
      await this.#write({ digest, sizeBytes }, { pieces, freeBytesMin: this.options.freeBytesMin });
    } catch (error) {
      throw error instanceof Unavailable ? error : away(error);
    }
  }

  /** The content, chunk by chunk. Throws `ContentFault`, also after chunks that are good, and `Unavailable('content')`. */
  async *read(digest: string): AsyncGenerator<Buffer> {
    const file = await this.#open(digest);
    try {
      const { size } = await file.stat();
      const opener = new ObjectOpener(this.options.kek, digest, {
        name: this.nameOf(digest),
        head: await readAt(file, 0, headBytes),
      });
      for (let at = headBytes; at === headBytes || at < size; at += sealedChunkBytes) {
        const isLast = at + sealedChunkBytes >= size;
        yield opener.chunk(await readAt(file, at, Math.min(sealedChunkBytes, Math.max(0, size - at))), isLast);
      }
    } catch (error) {
      throw error instanceof ContentFault ? error : away(error);
    } finally {
      await file.close();
    }
  }

  /** Reads the whole object: throws as `read` does where it is not what its digest says. */
  async check(digest: string): Promise<void> {
    const hash = createHash('sha256');
    for await (const chunk of this.read(digest)) hash.update(chunk);
    if (hash.digest('hex') !== digest) throw new ContentFault('altered');
  }

  /** What the object is called on the disk: says nothing of it, and outlives its digest. */
  nameOf(digest: string): string {
    return base32(createHmac('sha256', this.options.deploymentKey).update(`content/${digest}`).digest());
  }

  /**
   * Removes an object that was put before an instant, and not since; false when it was put later. Whoever puts it at the same
   * moment finds it, and it stays, or does not, and writes it. Throws `Unavailable('content')`.
   */
  async removeUnlessPutSince(name: string, sinceMs: number): Promise<boolean> {
    const path = this.#pathOfName(name);
    const aside = join(this.options.directory, 'tmp', `${name}.removed`);
    const isYoung = async (one: string) => (await stat(one)).mtimeMs >= sinceMs;
    try {
      if (await isYoung(path)) return false;
      await rename(path, aside);
      if (await isYoung(aside)) {
        await rename(aside, path);
        return false;
      }
      await rm(aside);
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return true;
      throw away(error);
    }
  }

  async #open(digest: string): Promise<FileHandle> {
    try {
      return await open(this.#pathOf(digest), 'r');
    } catch (error) {
      throw codeOf(error) === 'ENOENT' ? new ContentFault('missing') : away(error);
    }
  }

  async #isThere(digest: string, sizeBytes: number): Promise<boolean> {
    try {
      // First: whoever removes what nobody put for long sees this, or is done already and the object is not there.
      const now = new Date();
      await utimes(this.#pathOf(digest), now, now);
      return (await stat(this.#pathOf(digest))).size === sealedSize(sizeBytes);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** Under another name until all of it is on the disk: a reader, and a run that is killed, never leave half an object. */
  async #write(
    { digest, sizeBytes }: Omit<Content, 'pieces'>,
    { pieces, freeBytesMin }: Pick<Content, 'pieces'> & { readonly freeBytesMin: number },
  ): Promise<void> {
    const { directory } = this.options;
    const { bavail, bsize } = await statfs(directory);
    if (bavail * bsize - sealedSize(sizeBytes) < freeBytesMin) throw new Unavailable('content', 'the disk is full');
    const temporary = join(directory, 'tmp', randomUUID());
    try {
      await this.#writeTo(temporary, { digest, sizeBytes, pieces });
      await mkdir(dirname(this.#pathOf(digest)), { recursive: true, mode: 0o700 });
      await rename(temporary, this.#pathOf(digest));
      await this.#syncName(digest);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** The name of a file is durable when the folders that it is in are. */
  async #syncName(digest: string): Promise<void> {
    await syncFolder(dirname(this.#pathOf(digest)));
    await syncFolder(this.options.directory);
  }

  async #writeTo(path: string, { digest, sizeBytes, pieces }: Content): Promise<void> {
    const sealer = new ObjectSealer(this.options.kek, digest, this.nameOf(digest));
    const hash = createHash('sha256');
    const file = await open(path, 'wx', 0o600);
    try {
      await file.write(sealer.head);
      for await (const { plain, isLast } of inChunks(pieces())) {
        hash.update(plain);
        await file.writev(sealer.chunk(plain, isLast));
      }
      const { size } = await file.stat();
      // A disk that fills up may take a part of a write without saying so.
      if (hash.digest('hex') !== digest || size !== sealedSize(sizeBytes))
        throw new Error('not all of the content was written');
      await file.sync();
    } finally {
      await file.close();
    }
  }

  #pathOf(digest: string): string {
    return this.#pathOfName(this.nameOf(digest));
  }

  #pathOfName(name: string): string {
    return join(this.options.directory, name.slice(0, 2), name);
  }
}

/** Pieces of any size as chunks that are full but for the last; one chunk at least. Each is good until the next is asked for. */
async function* inChunks(
  pieces: ReturnType<Content['pieces']>,
): AsyncGenerator<{ readonly plain: Buffer; readonly isLast: boolean }> {
  const held = Buffer.allocUnsafeSlow(chunkBytes);
  let heldBytes = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      if (heldBytes === chunkBytes) {
        yield { plain: held, isLast: false };
        heldBytes = 0;
      }
      const part = piece.subarray(at, at + chunkBytes - heldBytes);
      held.set(part, heldBytes);
      heldBytes += part.length;
      at += part.length;
    }
  }
  yield { plain: held.subarray(0, heldBytes), isLast: true };
}

async function readAt(file: FileHandle, at: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  const { bytesRead } = await file.read(bytes, 0, sizeBytes, at);
  return bytes.subarray(0, bytesRead);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

function away(cause: unknown): Unavailable {
  return new Unavailable('content', `the content store cannot be used (${codeOf(cause)})`, { cause });
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
