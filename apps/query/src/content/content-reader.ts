import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { ContentFault, ContentStore, originalBytes } from '@anamnesis/content';
import { type ReceivedEvent, contentDigestsOf } from '@anamnesis/core';

/** What is wrong with the content of an event; undefined when nothing is. */
export type ContentVerdict = ContentFault['fault'] | undefined;

/** Messages as they were received, and the documents that were taken out of them. */
@Injectable()
export class ContentReader {
  constructor(private readonly store: ContentStore) {}

  /** A document or value by its digest. Throws `ContentFault` before its first byte, and `Unavailable('content')`. */
  async open(digest: string): Promise<AsyncGenerator<Buffer>> {
    await this.store.check(digest);
    return this.store.read(digest);
  }

  /** All bytes of a message whose `rest` was archived, as `open`. */
  async openMessage({ raw }: ReceivedEvent, rest: Uint8Array): Promise<AsyncGenerator<Uint8Array>> {
    const fault = await this.judge({ raw }, rest);
    if (fault !== undefined) throw new ContentFault(fault);
    return this.#original({ raw }, rest);
  }

  /** Reads every object of a message again: is each what its digest says, and are all together what was received? */
  async judge({ raw }: Pick<ReceivedEvent, 'raw'>, rest: Uint8Array): Promise<ContentVerdict> {
    const parts = raw.detached ?? [];
    try {
      const values = new Set(parts.map(({ digest }) => digest));
      for (const digest of contentDigestsOf(parts)) if (!values.has(digest)) await this.store.check(digest);
      const hash = createHash('sha256');
      for await (const piece of this.#original({ raw }, rest)) hash.update(piece);
      return hash.digest('hex') === raw.digest ? undefined : 'altered';
    } catch (error) {
      if (error instanceof ContentFault) return error.fault;
      throw error;
    }
  }

  #original({ raw }: Pick<ReceivedEvent, 'raw'>, rest: Uint8Array): AsyncGenerator<Uint8Array> {
    return originalBytes(rest, raw.detached ?? [], (digest) => this.store.read(digest));
  }
}
