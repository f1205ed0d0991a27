/** Told of what goes on in a source; nothing of what the rows hold. */
export interface SourceWatch {
  /** Something that rows could have been lost by, or a setting that is not as it should be. */
  guard(kind: string, about: Readonly<Record<string, string>>): void;
  /** The connection was lost, or could not be made: it waits until `state` says otherwise. */
  reconnecting(reason: string): void;
  /** Everything up to now has been told. */
  caughtUp(): void;
  /** Whether what it reads can be read, and is believed. Said by each source as soon as it knows. */
  state(now: 'reading' | 'held' | 'unreadable'): void;
  /** So many rows wait in memory, or records in topics. */
  waiting(rows: number): void;
  /** The server is itself a replica, and so far behind; `isLate`: too far for what it has to count as all that there is. */
  replica(behindSeconds: number, isLate: boolean): void;
  /** All rows were compared with what is known: so many were new, changed, gone. */
  compared(found: Readonly<Record<'r' | 'u' | 'd', number>>): void;
}
