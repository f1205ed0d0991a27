import { Unavailable } from '@anamnesis/core';
import type { ReadEntry } from '../archive/archive.js';
import type { ContentReader } from '../content/content-reader.js';
import { factOf } from '../project/facts.js';
import type { Judgement } from './finding.js';

export interface ContentAudit extends Judgement {
  /** Of the content store. */
  readonly readBytes: number;
}

const nothing: ContentAudit = { subjects: [], findings: [], readBytes: 0 };

/**
 * Reads again what was detached from the message of an entry: every object, and all of them in their places against the
 * digest of the message as received. A store that is away says nothing of its content.
 */
export async function auditContent(content: ContentReader, entry: ReadEntry): Promise<ContentAudit> {
  const fact = factOf(entry);
  if (fact?.kind !== 'certified') return nothing;
  const { event } = fact.header;
  const { detached } = event.raw;
  if (detached === undefined) return nothing;
  const subject = `content/${event.id}`;
  const readBytes = detached.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  try {
    const fault = await content.judge(event, fact.raw);
    if (fault === undefined) return { subjects: [subject], findings: [], readBytes };
    return { subjects: [], findings: [{ place: 'content_store', subject, eventId: event.id, fault }], readBytes };
  } catch (error) {
    if (error instanceof Unavailable) return nothing;
    throw error;
  }
}
