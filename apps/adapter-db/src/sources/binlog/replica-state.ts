import type { Connection } from 'mysql2/promise';
import { ask } from './mysql-connection.js';

type Row = Readonly<Record<string, unknown>>;

/** How a replica stands to the servers that it follows; of several the worst counts. */
export interface ReplicaState {
  /** Undefined: it does not say, since one of its threads does nothing. */
  readonly behindSeconds: number | undefined;
  /** The thread that stands still. */
  readonly stopped: 'I/O' | 'SQL' | undefined;
}

/** Undefined: the server follows none, or our user may not ask (on MariaDB `SLAVE MONITOR`). */
export async function readReplica(connection: Connection): Promise<ReplicaState | undefined> {
  // MariaDB shows sources with names under the first alone. MySQL since 8.4 knows the second alone, earlier ones the third.
  const followed = await ask(connection, 'SHOW ALL REPLICAS STATUS')
    .catch(() => ask(connection, 'SHOW REPLICA STATUS'))
    .catch(() => ask(connection, 'SHOW SLAVE STATUS'))
    .catch(() => []);
  const states = followed.map(stateOf);
  return states.find(({ stopped }) => stopped !== undefined) ?? states.sort(byLag)[0];
}

function stateOf(row: Row): ReplicaState {
  const seconds = row['Seconds_Behind_Source'] ?? row['Seconds_Behind_Master'] ?? undefined;
  const isRunning = (thread: string) => (row[`Replica_${thread}_Running`] ?? row[`Slave_${thread}_Running`]) === 'Yes';
  if (seconds !== undefined) return { behindSeconds: Number(seconds), stopped: undefined };
  return { behindSeconds: undefined, stopped: isRunning('SQL') ? 'I/O' : 'SQL' };
}

function byLag(a: ReplicaState, b: ReplicaState): number {
  return (b.behindSeconds ?? 0) - (a.behindSeconds ?? 0);
}
