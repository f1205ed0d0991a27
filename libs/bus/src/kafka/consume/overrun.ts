import type { ReportDefect } from '../../event-bus.js';
import type { Topic } from '../../topics.js';
import { overrunOf, type Place } from './positions.js';

/**
 * Retention dropped records that a group had not had. Kafka goes on at the oldest record without a word; here an
 * operator hears of it, once per place.
 */
export class Overruns {
  readonly #report: ReportDefect;
  readonly #reported = new Set<string>();

  constructor(report: ReportDefect) {
    this.#report = report;
  }

  note(topic: Topic, group: string, place: Place): void {
    const records = overrunOf(place);
    const { partition, committed = 0, low } = place;
    const name = `${topic} ${group} ${partition} ${committed}`;
    if (records === 0 || this.#reported.has(name)) return;
    this.#reported.add(name);
    const error = new Error(`retention ran over the group: offsets ${committed} to ${low - 1} are lost to it`);
    this.#report({ topic, group, partition, offset: committed, isStopped: false, error });
  }
}
