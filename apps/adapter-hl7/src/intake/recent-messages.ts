import type { EventId } from '@anamnesis/core';

export type Recurrence = 'new' | 'duplicate' | 'control-id-reuse';

/**
 * The control ids published last, each with the id of its message's first event: a resend is answered without a second
 * publish, other bytes under a known control id are noticed (hl7v2.md D2, D3). Forgetting is harmless: an event
 * published twice has one id.
 */
export class RecentMessages {
  readonly #published = new Map<string, EventId>();

  constructor(private readonly sizeMax: number) {}

  judge(sourceId: string, controlId: string, id: EventId): Recurrence {
    const published = this.#published.get(keyOf(sourceId, controlId));
    if (published === undefined) return 'new';
    return published === id ? 'duplicate' : 'control-id-reuse';
  }

  /** To be called only when the message is durable. */
  remember(sourceId: string, controlId: string, id: EventId): void {
    const key = keyOf(sourceId, controlId);
    this.#published.delete(key);
    this.#published.set(key, id);
    if (this.#published.size <= this.sizeMax) return;
    for (const oldest of this.#published.keys()) {
      this.#published.delete(oldest);
      return;
    }
  }
}

function keyOf(sourceId: string, controlId: string): string {
  return `${sourceId} ${controlId}`;
}
