import type { Lag } from '../../event-bus.js';
import type { Topic } from '../../topics.js';
import type { ClusterAdmin } from '../cluster-admin.js';
import type { Names } from '../names.js';
import type { Overruns } from './overrun.js';
import type { Peek } from './peek.js';
import { nextOf, readPlaces } from './positions.js';

export interface LagSources {
  readonly admin: ClusterAdmin;
  readonly peek: Peek;
  readonly names: Names;
  readonly overruns: Overruns;
}

/** `lag` of the port. What was lost to the group waits no more; it is reported. */
export async function readLag({ admin, peek, names, overruns }: LagSources, topic: Topic, group: string): Promise<Lag> {
  const name = names.topic(topic);
  const places = await readPlaces(admin, name, names.group(topic, group));
  for (const place of places) overruns.note(topic, group, place);
  const waiting = places.filter((place) => nextOf(place) < place.high);
  const records = waiting.reduce((sum, place) => sum + place.high - nextOf(place), 0);
  const times = await Promise.all(waiting.map((place) => peek.appendedAtMs(name, place.partition, nextOf(place))));
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? { records } : { records, oldestAppendedAt: new Date(Math.min(...known)) };
}
