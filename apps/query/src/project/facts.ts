import type {
  AnchoredBatch,
  Certification,
  CertifiedEvent,
  ClaimedIdentity,
  IntakeRefusal,
  PersonAssertion,
  ReceivedEvent,
  RecordKey,
  TestedEvent,
} from '@anamnesis/core';
import type { Place, ReadEntry } from '../archive/archive.js';

/** Why registration refused an event: what the bus adds to a dead letter. */
export interface RefusedEvent extends Omit<ReceivedEvent, 'resources'> {
  readonly mapping: string;
  readonly refusal: { readonly code: string; readonly reason: string };
  /** Record of the subject; absent without one. */
  readonly recordKey?: RecordKey;
}

/** What an event says, and whose it is. */
export interface SaidEvent {
  readonly event: Pick<ReceivedEvent, 'id' | 'receivedAt' | 'resources'> & {
    readonly identity?: Pick<ClaimedIdentity, 'merges'>;
    /** Absent: it came as a message. */
    readonly source?: Pick<ReceivedEvent['source'], 'protocol'>;
  };
  readonly certification: Pick<Certification, 'recordKey'>;
}

/** What a certified event says, mapped from its bytes another time; stands for all that it said before. */
export interface RemappedFact extends SaidEvent {
  /** `Type/id` of the resources of which it says something else than before; of the others it says the same. */
  readonly changed: readonly string[];
}

/** What query archives: facts from the bus, and what it mapped again. */
export type Fact =
  | { readonly kind: 'certified'; readonly header: CertifiedEvent; readonly raw: Uint8Array }
  | { readonly kind: 'anchored'; readonly header: AnchoredBatch }
  | { readonly kind: 'person'; readonly header: PersonAssertion }
  | { readonly kind: 'refused'; readonly header: RefusedEvent }
  | { readonly kind: 'intake'; readonly header: IntakeRefusal }
  | { readonly kind: 'remapped'; readonly header: RemappedFact }
  | { readonly kind: 'test'; readonly header: TestedEvent; readonly raw: Uint8Array };

export type FactOf<Kind extends Fact['kind']> = Extract<Fact, { readonly kind: Kind }>;

/** A fact with its place in the archive. */
export type Placed<One> = One & Place;

/** The fact that was archived. Headers were checked before they were archived, and a sealed entry is what it was. */
export function factOf({ kind, content }: ReadEntry): Fact | undefined {
  if (content === undefined) return undefined;
  return { kind, header: content.header, raw: content.raw } as unknown as Fact;
}
