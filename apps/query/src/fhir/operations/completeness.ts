import type { Store } from '@anamnesis/store';
import type { HistoryReader } from '../../history/history-reader.js';
import type { ResolvedPerson } from '../../history/history-types.js';
import type { QuietSources } from '../../messages/quiet-sources.js';
import type { Issue } from '../edge/operation-outcome.js';
import { objectsOf, textOf } from '../fhir-json.js';
import { renderMerged } from '../render/merged-patient.js';

const personsMax = 20;
const namedMax = 10;

export interface Sources {
  readonly reader: HistoryReader;
  readonly store: Store;
  readonly quietSources: QuietSources;
}

/**
 * What may be missing from an answer about these persons, as warnings; nothing where nothing is known to be missing. An
 * answer about more than 20 persons is not looked into: it is a list, not a chart.
 */
export async function missingFor(sources: Sources, persons: readonly ResolvedPerson[]): Promise<readonly Issue[]> {
  if (persons.length === 0 || persons.length > personsMax) return [];
  const recordKeys = persons.flatMap(({ records }) => records.map(({ recordKey }) => recordKey));
  return [
    ...(await unmapped(sources.reader, recordKeys)),
    ...(await quiet(sources.quietSources)),
    ...(await candidates(sources.reader, persons)),
  ];
}

async function unmapped(reader: HistoryReader, recordKeys: readonly string[]): Promise<readonly Issue[]> {
  const messages = await reader.unmappedMessages(recordKeys);
  if (messages.length === 0) return [];
  const named = messages
    .slice(0, namedMax)
    .map(({ messageType, facility, eventId }) => `${messageType} of ${facility} (${eventId})`);
  return [
    warning(`${messages.length} received messages are in no resource, no mapping reads them: ${named.join(', ')}`),
  ];
}

async function quiet(sources: QuietSources): Promise<readonly Issue[]> {
  const heard = (await sources.read()).filter(({ isQuiet }) => isQuiet);
  const named = heard.flatMap(({ facility, application, lastHeardAt }) =>
    lastHeardAt === undefined ? [] : [`${facility} / ${application} was last heard at ${lastHeardAt}`],
  );
  if (named.length === 0) return [];
  const more = named.length > namedMax ? `, and ${named.length - namedMax} more` : '';
  return [warning(`what quiet sources know since is not here: ${named.slice(0, namedMax).join(', ')}${more}`)];
}

/** Other persons that carry an identifier of these ones: whether they are the same is not decided. */
async function candidates(reader: HistoryReader, persons: readonly ResolvedPerson[]): Promise<readonly Issue[]> {
  const ids = persons.map(({ personId }) => personId);
  const views = await reader.readMergedAll(ids);
  const own = [...views.values()].flatMap((view) => objectsOf(renderMerged(view).resource['identifier']));
  const anyOf = own.flatMap((identifier) => {
    const [system, value] = [textOf(identifier, 'system'), textOf(identifier, 'value')];
    return system === undefined || value === undefined ? [] : [{ system, value }];
  });
  if (anyOf.length === 0) return [];
  const filters = [{ kind: 'token' as const, param: 'identifier', anyOf }];
  const others = (await reader.searchPersons({ filters }, { count: personsMax * 2, order: 'created' })).matches.filter(
    ({ personId }) => !ids.includes(personId),
  );
  if (others.length === 0) return [];
  return [
    warning(
      `${others.length} patient records outside this answer carry an identifier of it and are not linked: whether they are the same person is not decided`,
    ),
  ];
}

function warning(text: string): Issue {
  return { severity: 'warning', code: 'incomplete', text };
}
