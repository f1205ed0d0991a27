import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ContentStore, type ContentStoreOptions } from './content-store.js';
import { chunkBytes, sealedSize } from './sealed-object.js';

const keys = { deploymentKey: Buffer.alloc(32, 1), kek: Buffer.alloc(32, 2) };
let directory: string;
let store: ContentStore;

const open = (more: Partial<ContentStoreOptions> = {}) =>
  ContentStore.open({ directory, ...keys, role: 'writer', ...more });
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (sizeBytes: number) => Buffer.alloc(sizeBytes, 'an invented letter ');
const put = async (bytes: Buffer, pieces: readonly Uint8Array[] = [bytes]) => {
  const digest = digestOf(bytes);
  await store.put({ digest, sizeBytes: bytes.length, pieces: () => pieces });
  return digest;
};
const read = async (digest: string, from = store) => {
  const chunks: Buffer[] = [];
  for await (const chunk of from.read(digest)) chunks.push(chunk);
  return Buffer.concat(chunks);
};
const files = async () => {
  const all = await readdir(directory, { recursive: true, withFileTypes: true });
  return all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
};
/** Files that are there after `work` and were not before. */
const made = async (work: () => Promise<unknown>) => {
  const before = new Set(await files());
  await work();
  return (await files()).filter((one) => !before.has(one));
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'anamnesis-content-'));
  store = await open();
});
afterEach(() => rm(directory, { recursive: true }));

describe('the content store', () => {
  it.each([0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes])(
    'gives back %s bytes as they were put, in pieces of any size',
    async (sizeBytes) => {
      const bytes = bytesOf(sizeBytes);
      const cut = Math.floor(sizeBytes / 3);
      const pieces = [bytes.subarray(0, cut), bytes.subarray(cut, cut), bytes.subarray(cut)];
      const [file] = await made(() => put(bytes, pieces));
      expect((await read(digestOf(bytes))).equals(bytes)).toBe(true);
      expect((await readFile(file ?? '')).length).toBe(sealedSize(sizeBytes));
    },
  );

  it('keeps an object once, and says nothing of it in name or content', async () => {
    const bytes = bytesOf(5000);
    const [file = '', ...others] = await made(() => put(bytes));
    expect(others).toEqual([]);
    expect(await made(() => put(bytes))).toEqual([]);
    expect(file).not.toContain(digestOf(bytes).slice(0, 8));
    const sealed = await readFile(file);
    expect(sealed.includes('letter')).toBe(false);
    expect(sealed.includes(Buffer.from(digestOf(bytes), 'hex'))).toBe(false);
  });

  it('puts an object again of which a part was lost', async () => {
    const [file = ''] = await made(() => put(bytesOf(5000)));
    await truncate(file, 100);
    await put(bytesOf(5000));
    expect((await read(digestOf(bytesOf(5000)))).length).toBe(5000);
  });

  it('knows a missing object, another key, and any byte that was changed', async () => {
    const bytes = bytesOf(200);
    const [file = ''] = await made(() => put(bytes));
    const digest = digestOf(bytes);
    await expect(read(digestOf(Buffer.from('other')))).rejects.toMatchObject({ fault: 'missing' });
    await expect(open({ kek: Buffer.alloc(32, 3), role: 'reader' })).rejects.toMatchObject({ fault: 'altered' });
    const whole = await readFile(file);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await writeFile(file, changed);
      await expect(store.check(digest)).rejects.toMatchObject({ fault: 'altered' });
    }
    await writeFile(file, whole);
    await store.check(digest);
  });

  it('knows an object that was cut at a chunk, and one in the place of another', async () => {
    const [long = ''] = await made(() => put(bytesOf(2 * chunkBytes)));
    const [other = ''] = await made(() => put(bytesOf(10)));
    await truncate(long, sealedSize(chunkBytes));
    await expect(read(digestOf(bytesOf(2 * chunkBytes)))).rejects.toMatchObject({ fault: 'altered' });
    await rename(long, other);
    await expect(read(digestOf(bytesOf(10)))).rejects.toMatchObject({ fault: 'altered' });
  });

  it('leaves nothing behind where the content ends in an error or there is no room', async () => {
    const failing = {
      digest: digestOf(bytesOf(9)),
      sizeBytes: 9,
      pieces: function* () {
        yield bytesOf(4);
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      },
    };
    const left = await made(() => expect(store.put(failing)).rejects.toMatchObject({ dependency: 'content' }));
    expect(left).toEqual([]);
    store = await open({ freeBytesMin: Number.MAX_SAFE_INTEGER });
    expect(await made(() => expect(put(bytesOf(9))).rejects.toMatchObject({ dependency: 'content' }))).toEqual([]);
  });

  it('removes what a killed run left half written, unless another process may be at it', async () => {
    const half = join(directory, 'tmp', 'half');
    await writeFile(half, 'half');
    await open();
    expect(await files()).toContain(half);
    await utimes(half, 0, 0);
    await open({ role: 'reader' });
    expect(await files()).toContain(half);
    await open();
    expect(await files()).not.toContain(half);
  });

  it('is not opened where nothing can be written, and is where a reader only reads', async () => {
    if (process.getuid?.() === 0) {
      await writeFile(join(directory, 'file'), '');
      await expect(open({ directory: join(directory, 'file') })).rejects.toMatchObject({ code: 'ENOTDIR' });
      return;
    }
    await chmod(join(directory, 'tmp'), 0o500);
    await expect(open()).rejects.toMatchObject({ code: 'EACCES' });
    await open({ role: 'reader' });
    await chmod(join(directory, 'tmp'), 0o700);
  });
});
