import type { ReceivedEvent } from '@anamnesis/core';

/** When the source made what an event says (ISO 8601 UTC); when we took it, where it names no time that can be read. */
export function saidAt({ occurredAt, receivedAt }: Pick<ReceivedEvent, 'occurredAt' | 'receivedAt'>): string {
  const said = new Date(occurredAt ?? receivedAt);
  return Number.isNaN(said.getTime()) ? receivedAt : said.toISOString();
}
