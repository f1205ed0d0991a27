import { type Finding, findingLengths, findingsMax, RecentResults } from '@anamnesis/core';
import { checkConformance, type Message, type Rules } from '@anamnesis/hl7v2';

/** What was found on the way, in words that name places and rules. */
export interface Noticed {
  /** By the mapping, of all events of the message: `PID-8 does not map`. */
  readonly mapping: readonly string[];
  /** By the reader: `PID^1^5: undecodable`. */
  readonly reading: readonly string[];
  /** Codes that only the sender knows. */
  readonly codes: readonly Finding[];
}

/**
 * What is to be said of a message to whoever looks after its sender: HL7's rules that it does not keep, what the reader
 * tolerated, what the mapping could not use. Registration counts it; nothing is refused for it.
 */
export function findFaults(message: Message, noticed: Noticed, rules: Rules): readonly Finding[] {
  const byKey = new Map<string, Finding>();
  const addAll = (findings: readonly Finding[]) => {
    for (const one of findings) byKey.set(`${one.rule} ${one.location} ${one.text}`, one);
  };
  addAll(checkConformance(message, rules));
  addAll(noticed.reading.map(readingFinding));
  addAll(noticed.codes);
  for (const warning of noticed.mapping) addAll(ofMapping.get(warning, mappingFindings));
  return [...byKey.values()].slice(0, findingsMax);
}

/** A source's messages leave the same warnings again and again. */
const ofMapping = new RecentResults<readonly Finding[]>(1000);

/** `PID^1^5: undecodable` says the rule last; what has no place is a sentence. */
function readingFinding(warning: string): Finding {
  const [, segment = '', field, rule] = /^([A-Z][A-Z0-9]{2})\^\d+(?:\^(\d+))?: ([a-z-]+)$/.exec(warning) ?? [];
  if (rule === undefined) return { rule: 'reading', ...said(warning) };
  const location = field === undefined ? segment : `${segment}-${field}`;
  return { rule, location, text: `${location}: ${rule}` };
}

const keptOnly = 'kept in the message only: ';

function mappingFindings(warning: string): readonly Finding[] {
  if (!warning.startsWith(keptOnly)) return [{ rule: 'mapping', ...said(warning) }];
  const locations = warning.slice(keptOnly.length).split(' ');
  return locations.map((location) => ({ rule: 'not-mapped', location, text: `${location}: kept in the message only` }));
}

/** The first place that a sentence names. */
function said(text: string): Pick<Finding, 'location' | 'text'> {
  const [location = ''] = /\b[A-Z][A-Z0-9]{2}-\d+\b/.exec(text) ?? [];
  return { location, text: text.slice(0, findingLengths.text) };
}
