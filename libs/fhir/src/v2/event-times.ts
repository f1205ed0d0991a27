import type { Message } from '@anamnesis/hl7v2';
import type { Times } from './times.js';

export interface EventTimes {
  /** ISO 8601 UTC: the place of the event's statements in the fold (hl7v2.md D6). */
  readonly statedAt: string | undefined;
  /** As claimed, with offset. */
  readonly occurredAt: string | undefined;
}

/**
 * EVN-6, EVN-2, MSH-7: the first that is precise to the minute; only then one that names a day. On a cancel EVN-6 is the
 * time of what is cancelled (v2.9 §3.4.1.6), so that it says nothing about when the cancel was made.
 */
export function eventTimes(message: Message, times: Times, isCancel: boolean): EventTimes {
  const evn = message.first('EVN');
  const sent = [isCancel ? '' : (evn?.field(6).text() ?? ''), evn?.field(2).text() ?? '', message.header.timestamp];
  return chooseTimes(sent, times);
}

/** The first precise time of the list, else the first day. */
export function chooseTimes(sent: readonly string[], times: Times): EventTimes {
  const precise = sent.find((text) => text !== '' && times.instant(text) !== undefined);
  if (precise !== undefined) return { statedAt: times.instant(precise), occurredAt: times.dateTime(precise) };
  const day = sent.map((text) => times.dayStart(text)).find((one) => one !== undefined);
  return { statedAt: day, occurredAt: undefined };
}
