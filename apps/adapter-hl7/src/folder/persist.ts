import { setTimeout as sleep } from 'node:timers/promises';
import type { AdapterHl7Settings } from '../config.js';

export interface PersistOptions {
  readonly settings: AdapterHl7Settings;
  /** To stop between two steps. */
  readonly signal: AbortSignal;
  /** Told of a folder that cannot be written; it is tried again. */
  readonly onFault: (fault: unknown) => void;
}

/** Again and again until it is done or we are to stop: what was answered is not to be answered, and counted, again. */
export async function persist(
  write: () => Promise<void>,
  { settings, signal, onFault }: PersistOptions,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await write();
      return;
    } catch (fault) {
      onFault(fault);
      await sleep(settings.FOLDER_RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
