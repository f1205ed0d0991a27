// The package has no types, and builds of single apps see only what is referred to.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./kafkajs-snappy.d.ts" />
import { decompress as decompressZstd } from 'fzstd';
import kafkajs, { type CompressionTypes as CompressionType } from 'kafkajs';
import snappy from 'kafkajs-snappy';
import lz4 from 'lz4-napi';
import type { KafkaCompression } from './kafka-options.js';

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** What kafkajs hands to a codec's `compress`. */
interface Encoder {
  readonly buffer: Buffer;
}

export const compressionTypes: Readonly<Record<KafkaCompression, CompressionType>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
};

/** What another thread would take longer to be woken for than it is work, and an acknowledgement waits behind it. */
const onTheSpotBytesMax = 64 * 1024;

/**
 * kafkajs knows gzip alone, and a consumer that meets any other codec crashes for good. A topic's `compression.type` may
 * be set by an operator at any time, so all of them are there before the first fetch.
 */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = snappy;
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }: Encoder) =>
      buffer.length <= onTheSpotBytesMax ? lz4.compressFrameSync(buffer) : lz4.compressFrame(buffer),
    decompress: async (buffer: Buffer) =>
      buffer.length <= onTheSpotBytesMax ? lz4.decompressFrameSync(buffer) : lz4.decompressFrame(buffer),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: () => Promise.reject(new TypeError('zstd is read and not written')),
    decompress: (buffer: Buffer) => Promise.resolve(Buffer.from(decompressZstd(buffer))),
  });
}
