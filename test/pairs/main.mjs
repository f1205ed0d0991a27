// `npm run pairs [-- --corpus ../shared/corpus] [--source name] [--out pairs.json] [--list differences.tsv]
// [--named] [--explain]`: HL7 v2 messages of others with the FHIR that their converters make of them, compared with ours by facts: recall and precision by resource type, and which
// elements differ. No pair decides a rule: the guide does (docs/messages.md); a difference is theirs, ours or a choice.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scoreExplained } from './explained-score.mjs';
import { entriesOf, factsOf } from './facts.mjs';
import { messageOf } from './message.mjs';
import { named, withoutMadeUp } from './named.mjs';
import { printExplained } from './print-explained.mjs';
import { resourcesOf } from './resources.mjs';
import { score, shares } from './score.mjs';

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: process.env.CORPUS_DIR ?? '../shared/corpus' },
    source: { type: 'string' },
    out: { type: 'string' },
    list: { type: 'string' },
    // Patients without a number are given one: what is said of them is compared as of others.
    named: { type: 'boolean', default: false },
    // What each explanation takes out, and the shares over what is left: docs/mapping-quality.md.
    explain: { type: 'boolean', default: false },
    misses: { type: 'string', default: '12' },
  },
});
const folder = join(values.corpus, 'v2-to-fhir');
if (!existsSync(join(folder, 'pairs.csv'))) {
  console.error(`no pairs at ${folder}: name the folder with --corpus or CORPUS_DIR`);
  process.exit(2);
}

const read = { compared: 0, unreadable: 0 };
const bySource = new Map();
const differences = [];
const explained = new Map();
const taken = new Map();
for (const { source, input, expected, direction } of rows(readFileSync(join(folder, 'pairs.csv'), 'utf8'))) {
  if (!/Bundle/.test(direction) || (values.source !== undefined && !source.includes(values.source))) continue;
  const theirs = JSON.parse(readFileSync(join(folder, expected), 'utf8'));
  const { bytes, resources, isNamed } = ours(join(folder, input));
  const group = isNamed ? source : `${source}: PID names no patient`;
  const scores = bySource.get(group) ?? new Map();
  bySource.set(group, scores);
  const note = (...difference) => differences.push([input, ...difference].join('\t').replace(/[\r\n]+/g, ' '));
  const theirResources = (theirs.entry ?? []).map(({ resource }) => resource);
  if (values.explain && (isNamed || values.named)) {
    const byType = explained.get(group) ?? new Map();
    explained.set(group, byType);
    const pair = {
      message: messageOf(bytes),
      theirs: theirResources,
      expected: entriesOf(theirResources),
      ours: entriesOf(resources),
    };
    scoreExplained(byType, taken, pair);
  }
  score(scores, { expected: factsOf(theirResources), ours: factsOf(resources) }, note);
}

console.log(`${read.compared} pairs compared, ${read.unreadable} inputs are no message`);
for (const [source, scores] of bySource) print(source, scores);
if (values.explain) printExplained(explained, taken, Number(values.misses));
// Facts of patients are in this list: it is for public samples, and written only where it is asked for.
if (values.list !== undefined) writeFileSync(values.list, `${differences.join('\n')}\n`);
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(plain(bySource), null, 2));

/** Lines of a file end in LF there; a message's segments end in CR. What is no message has no facts. */
function ours(path) {
  const bytes = Buffer.from(readFileSync(path, 'latin1').replace(/\r?\n/g, '\r'), 'latin1');
  const given = named(bytes);
  try {
    const resources = resourcesOf(values.named ? given.bytes : bytes);
    read.compared++;
    return { bytes, resources: resources.map(withoutMadeUp), isNamed: given.isNamed };
  } catch (error) {
    if (error.name !== 'MessageError') throw error;
    read.unreadable++;
    return { bytes, resources: [], isNamed: given.isNamed };
  }
}

function print(source, scores) {
  const percent = (share) => (share === undefined ? '-' : `${(share * 100).toFixed(1)} %`);
  const most = (counts) =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .slice(0, Number(values.misses))
      .map(([path, n]) => `${path} ${n}`)
      .join(', ');
  console.log(`\n${source}`);
  console.table(
    [...scores].map(([type, one]) => {
      const { recall, precision } = shares(one);
      return {
        type,
        expected: one.expected,
        ours: one.ours,
        met: one.met,
        recall: percent(recall),
        precision: percent(precision),
      };
    }),
  );
  for (const [type, { missed, surplus }] of scores) {
    if (missed.size > 0) console.log(`${type} missed: ${most(missed)}`);
    if (surplus.size > 0) console.log(`${type} only ours: ${most(surplus)}`);
  }
}

function plain(value) {
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([name, one]) => [name, one instanceof Map ? plain(one) : mapsOf(one)]));
}

function mapsOf(one) {
  return Object.fromEntries(Object.entries(one).map(([name, value]) => [name, plain(value)]));
}

/** The index holds no quoted commas but in columns that are not read. */
function rows(text) {
  const [head, ...lines] = text.trim().split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, at) => [names[at], value])));
}
