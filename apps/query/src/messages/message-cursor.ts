import { createHmac } from 'node:crypto';
import { canonicalJson, Rejected, seal, unseal } from '@anamnesis/core';

const lengthMax = 1024;
const purpose = 'messages-cursor/v1';

/** Where a page of messages ended. */
export interface MessagePosition {
  readonly receivedAt: string;
  readonly id: string;
}

/** Opaque `_cursor`s: sealed under a key of the deployment and bound to the question that they continue. */
export class MessageCursor {
  readonly #key: Uint8Array;

  constructor(deploymentKey: Uint8Array) {
    this.#key = createHmac('sha256', deploymentKey).update(purpose).digest();
  }

  write({ receivedAt, id }: MessagePosition, question: object): string {
    const plain = Buffer.from(JSON.stringify([receivedAt, id]), 'utf8');
    return Buffer.from(seal(this.#key, plain, contextOf(question))).toString('base64url');
  }

  /** Throws `Rejected('invalid-request')` for a cursor that is not ours, or of another question. */
  read(cursor: string, question: object): MessagePosition {
    const bytes = Buffer.from(cursor.slice(0, lengthMax), 'base64url');
    try {
      const text = Buffer.from(unseal(this.#key, bytes, contextOf(question))).toString('utf8');
      const [receivedAt, id] = JSON.parse(text) as [string, string];
      return { receivedAt, id };
    } catch (error) {
      throw new Rejected('invalid-request', '_cursor is not a cursor of this question', { cause: error });
    }
  }
}

function contextOf(question: object): string {
  return `${purpose} ${canonicalJson(question)}`;
}
