import { Injectable } from '@nestjs/common';
import type { SourceFact } from '@anamnesis/core';
import { Store } from '@anamnesis/store';
import { select } from '../archive/rows.js';
import { QuerySettings } from '../config.js';

/** A source that may send, and when it was heard last. */
export interface HeardSource {
  readonly facility: string;
  readonly application: string;
  /** ISO 8601 UTC; absent when nothing ever came. */
  readonly lastHeardAt?: string;
  /** Nothing came for longer than `QUIET_AFTER_MINUTES`: what it knows may be missing from the history. */
  readonly isQuiet: boolean;
}

/** Which sources feed the history, from the registry, and which of them are quiet. What comes in testing is not of it. */
@Injectable()
export class QuietSources {
  readonly #sources = new Map<string, SourceFact>();

  constructor(
    private readonly store: Store,
    private readonly settings: QuerySettings,
  ) {}

  take(fact: SourceFact): void {
    this.#sources.set(fact.id, fact);
  }

  async read(now = new Date()): Promise<readonly HeardSource[]> {
    const quietBefore = new Date(now.getTime() - this.settings.QUIET_AFTER_MINUTES * 60_000).toISOString();
    const heard: HeardSource[] = [];
    const active = [...this.#sources.values()].filter(
      ({ state, phase = 'certified' }) => state === 'active' && phase === 'certified',
    );
    for (const { facility, application } of active) {
      const [last] = await select<{ receivedAt: string }>(
        this.store.reader.manager,
        'SELECT receivedAt FROM message WHERE facility = ? AND application = ? ORDER BY receivedAt DESC LIMIT 1',
        [facility.slice(0, 255), application.slice(0, 255)],
      );
      heard.push({
        facility,
        application,
        ...(last !== undefined && { lastHeardAt: last.receivedAt }),
        isQuiet: last === undefined || last.receivedAt < quietBefore,
      });
    }
    return heard;
  }
}
