import { Injectable } from '@nestjs/common';
import { type CertifiedEvent, type EvidenceBundle, Rejected } from '@anamnesis/core';
import { ContentFault } from '@anamnesis/content';
import { RegistrationClient } from '@anamnesis/runtime';
import { Store } from '@anamnesis/store';
import { Archive } from '../archive/archive.js';
import { select } from '../archive/rows.js';
import { ContentReader } from '../content/content-reader.js';
import { factOf } from '../project/facts.js';
import { certifiedKey } from '../project/judge-facts.js';
import { type AnchoredPlace, assembleEvidence, leavesOf } from './assemble-evidence.js';

export interface EventEvidenceRead {
  readonly bundle: EvidenceBundle;
  /** Record of the event; absent for messages without a patient. */
  readonly recordKey?: string;
}

export interface MessageRead {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly mediaType: string;
  /** Record of the event; absent for messages without a patient. */
  readonly recordKey?: string;
}

/** Evidence of single events. The leaf key is asked for each time and not kept. */
@Injectable()
export class EvidenceReader {
  // eslint-disable-next-line max-params -- injected
  constructor(
    private readonly store: Store,
    private readonly archive: Archive,
    private readonly registration: RegistrationClient,
    private readonly content: ContentReader,
  ) {}

  /**
   * Throws `Rejected`: `not-found` for an event that was never certified, `gone` when it is erased, `invalid-evidence`
   * when what is stored is not what was certified; and `Unavailable('registration')`.
   */
  async read(eventId: string): Promise<EventEvidenceRead> {
    const { header, raw } = await this.#certified(eventId);
    const known = await this.registration.evidence(header.event.id);
    const bundle = assembleEvidence({ header, raw }, known, await this.#placeOf(header));
    const { person } = header.certification;
    return { bundle, ...(person !== undefined && { recordKey: person.recordKey }) };
  }

  /** All bytes of the message as they were received. Throws as `read` does, and `Unavailable('content')`. */
  async message(eventId: string): Promise<MessageRead> {
    const { header, raw } = await this.#certified(eventId);
    const { person } = header.certification;
    try {
      const pieces = await this.content.openMessage(header.event, raw);
      return { pieces, mediaType: header.event.raw.mediaType, ...(person && { recordKey: person.recordKey }) };
    } catch (error) {
      if (error instanceof ContentFault) throw new Rejected('invalid-evidence', error.message, { cause: error });
      throw error;
    }
  }

  async #certified(eventId: string): Promise<{ readonly header: CertifiedEvent; readonly raw: Uint8Array }> {
    const [entry] = await this.archive.byKey(this.store.reader.manager, [certifiedKey(eventId)]);
    if (entry === undefined) throw new Rejected('not-found', 'no such event');
    if (entry.isErased) throw new Rejected('gone', 'the content of this event was erased');
    const fact = factOf(entry);
    if (fact?.kind !== 'certified') throw new Rejected('invalid-evidence', 'the archived event was altered');
    return fact;
  }

  async #placeOf({ certification: { eventId, leaf } }: CertifiedEvent): Promise<AnchoredPlace | undefined> {
    const [row] = await select<{ position: number; leaves: Uint8Array; evidence: Buffer }>(
      this.store.reader.manager,
      `SELECT l.position, b.leaves, b.evidence FROM anchored_leaf l JOIN anchored_batch b ON b.batchId = l.batchId
        WHERE l.eventId = ?`,
      [eventId],
    );
    if (row === undefined) return undefined;
    const anchored = leavesOf(row.leaves)[row.position];
    const evidence = parsed(row.evidence);
    if (anchored === undefined || evidence === undefined || Buffer.from(anchored).toString('hex') !== leaf)
      throw new Rejected('invalid-evidence', 'the anchored batch was altered');
    return { leaves: row.leaves, position: row.position, evidence };
  }
}

function parsed(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined; // altered: said so by the caller
  }
}
