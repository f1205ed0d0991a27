// `npm run pairs [-- --corpus ../shared/corpus] [--source name] [--out pairs.json]`: HL7 v2 messages of others with the
// FHIR that their converters make of them, compared with ours by facts: recall and precision by resource type, and which
// elements differ. No pair decides a rule: the guide does (docs/messages.md); a difference is theirs, ours or a choice.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { factsOf } from './facts.mjs';
import { resourcesOf } from './resources.mjs';
import { score, shares } from './score.mjs';

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: process.env.CORPUS_DIR ?? '../shared/corpus' },
    source: { type: 'string' },
    out: { type: 'string' },
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
for (const { source, input, expected, direction } of rows(readFileSync(join(folder, 'pairs.csv'), 'utf8'))) {
  if (!/Bundle/.test(direction) || (values.source !== undefined && !source.includes(values.source))) continue;
  const scores = bySource.get(source) ?? new Map();
  bySource.set(source, scores);
  const theirs = JSON.parse(readFileSync(join(folder, expected), 'utf8'));
  score(scores, factsOf((theirs.entry ?? []).map(({ resource }) => resource)), factsOf(ours(join(folder, input))));
}

console.log(`${read.compared} pairs compared, ${read.unreadable} inputs are no message`);
for (const [source, scores] of bySource) print(source, scores);
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(plain(bySource), null, 2));

/** Lines of a file end in LF there; a message's segments end in CR. What is no message has no facts. */
function ours(path) {
  const bytes = Buffer.from(readFileSync(path, 'latin1').replace(/\r?\n/g, '\r'), 'latin1');
  try {
    const resources = resourcesOf(bytes);
    read.compared++;
    return resources;
  } catch (error) {
    if (error.name !== 'MessageError') throw error;
    read.unreadable++;
    return [];
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
