import { settingsOf, type Topic } from './topics.js';

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;
const utf8 = new TextEncoder();

/**
 * The partition of a key, 0 to partitions - 1: FNV-1a (32 bit) over its UTF-8 bytes, the halves
 * folded by exclusive or, modulo the partitions. The same on
 * every backend and in every release, so that a key's records stay in one order for ever.
 */
export function partitionOf(topic: Topic, key: string): number {
  let hash = offsetBasis;
  for (const byte of utf8.encode(key)) hash = Math.imul(hash ^ byte, prime);
  // Unfolded, the lowest bits of the hash know only the lowest bits of the characters.
  return ((hash >>> 16) ^ (hash & 0xffff)) % settingsOf(topic).partitions;
}
