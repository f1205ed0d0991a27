import { Logger } from '@nestjs/common';
import { type Answered, locationText } from './outcome.js';

/** What is logged again within this time is counted instead: a sender that is refused does not fill the disk. */
const quietMs = 60_000;
/** Kinds of refusal remembered; beyond it all are forgotten and logged afresh. */
const kindsMax = 1000;

interface Kind {
  quietUntil: number;
  unlogged: number;
}

/** Logs why messages are refused: source, code, place, rule and shape, nothing of a patient. */
export class RefusalLog {
  readonly #kinds = new Map<string, Kind>();

  constructor(
    private readonly logger: Pick<Logger, 'warn'> = new Logger('adapter-hl7'),
    private readonly now: () => number = () => performance.now(),
  ) {}

  note({ source, outcome }: Answered): void {
    if (outcome.kind === 'done') return;
    const { code, text } = outcome.condition;
    const where = locationText(outcome.condition);
    // Numbers of occurrences, repetitions and characters differ from message to message, the fault does not.
    const name = JSON.stringify([source?.id, code, `${where} ${text}`.replace(/\d+/g, '#')]);
    const known = this.#kinds.get(name);
    if (known !== undefined && this.now() < known.quietUntil) {
      known.unlogged++;
      return;
    }
    if (this.#kinds.size >= kindsMax) this.#kinds.clear();
    this.#kinds.set(name, { quietUntil: this.now() + quietMs, unlogged: 0 });
    const before = known === undefined || known.unlogged === 0 ? {} : { alike: known.unlogged };
    this.logger.warn('message refused', { source: source?.id ?? 'unknown', code, where, reason: text, ...before });
  }
}
