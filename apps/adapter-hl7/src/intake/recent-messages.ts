import type { EventId, SourceFact } from '@anamnesis/core';

export type Recurrence = 'new' | 'duplicate' | 'control-id-reuse';

/**
 * The control ids published last, each with the id of its message's first event: a resend is answered without a second
 * publish, other bytes under a known control id are noticed (hl7v2.md D2, D3). Forgetting is harmless: an event
 * published twice has one id.
 */
export class RecentMessages {
  readonly #published = new Map<string, EventId>();

  constructor(private readonly sizeMax: number) {}

  judge(source: Sending, controlId: string, id: EventId): Recurrence {
    const published = this.#published.get(keyOf(source, controlId));
    if (published === undefined) return 'new';
    return published === id ? 'duplicate' : 'control-id-reuse';
  }

  /** To be called only when the message is durable. */
  remember(source: Sending, controlId: string, id: EventId): void {
    const key = keyOf(source, controlId);
    this.#published.delete(key);
    this.#published.set(key, id);
    if (this.#published.size <= this.sizeMax) return;
    for (const oldest of this.#published.keys()) {
      this.#published.delete(oldest);
      return;
    }
  }
}

type Sending = Pick<SourceFact, 'id' | 'phase'>;

/** What was published in testing went into the test history: sent again later, it is no duplicate. */
function keyOf({ id, phase }: Sending, controlId: string): string {
  return `${id} ${phase === 'testing' ? 'test' : ''} ${controlId}`;
}
