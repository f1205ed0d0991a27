import { describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { registerCodecs } from './codecs.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

describe('registerCodecs', () => {
  it.each([10, 1_000, 100_000, 10_000_000])('gives lz4 back what it took of %d bytes', async (sizeBytes) => {
    registerCodecs();
    const codec = (CompressionCodecs[CompressionTypes.LZ4] as () => Codec)();
    const bytes = Buffer.alloc(sizeBytes, 'a text that is the same again and again');
    const compressed = await codec.compress({ buffer: bytes });
    expect((await codec.decompress(compressed)).equals(bytes)).toBe(true);
  });
});
