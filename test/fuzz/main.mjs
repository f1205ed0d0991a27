// `npm run fuzz [-- --seconds 60] [--target frames|message|charset] [--seed 1]`: a small fuzzer of our own for the frame
// codec, the ER7 parser and the charset decoder, guided by V8's block coverage: an input that reaches what no other did is
// kept in .cache/fuzz/<target> and changed further, in this run and the next. (Jazzer.js would be libFuzzer itself, but its
// binary needs a glibc of 2.38, which our systems do not have.) The first input that breaks a rule ends the run with exit
// code 1; its bytes are then in .cache/fuzz/<target>.finding.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Coverage } from './coverage.mjs';
import { mutate, randomOf } from './mutate.mjs';
import { seeds } from './seeds.mjs';
import { targetsOf } from './targets.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    target: { type: 'string' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
  },
});
const names = values.target === undefined ? Object.keys(seeds) : [values.target];
if (!names.every((name) => name in seeds)) {
  console.error(`--target is one of ${Object.keys(seeds).join(', ')}`);
  process.exit(2);
}
const compiled = 'dist/apps/standalone/libs/hl7v2/src/';
const coverage = new Coverage(compiled);
const targets = targetsOf(await import(new URL(`../../${compiled}index.js`, import.meta.url)));
/** Asking what ran costs more than running: these are asked about together, and one by one when they met something new. */
const together = 32;
/** Of the processor, which no other work on the machine makes longer. */
const slowMs = 2000;

const findings = names.filter((name) => !fuzz(name));
process.exit(findings.length === 0 ? 0 : 1);

function fuzz(name) {
  const folder = join('.cache', 'fuzz', name);
  mkdirSync(folder, { recursive: true });
  const random = randomOf(Number(values.seed));
  const run = { name, seen: new Set(), inputs: [], count: 0 };
  const begin = [...seeds[name], ...readdirSync(folder).map((file) => readFileSync(join(folder, file)))];
  if (!begin.every((input) => attempt(input, run))) return false;
  for (const input of begin) keepNews([input], run);
  const kept = run.inputs.length;
  const end = Date.now() + (Number(values.seconds) * 1000) / names.length;
  while (Date.now() < end) {
    const some = Array.from({ length: together }, () =>
      mutate(run.inputs[random(run.inputs.length)], run.inputs[random(run.inputs.length)], random),
    );
    if (!some.every((input) => attempt(input, run))) return false;
    keepNews(some, run);
  }
  for (const input of run.inputs.slice(kept))
    writeFileSync(join(folder, createHash('sha256').update(input).digest('hex').slice(0, 16)), input);
  console.log(
    `${name}: ${run.count} inputs, ${run.seen.size} blocks, ${run.inputs.length} kept (seed ${values.seed}), nothing found`,
  );
  return true;
}

function attempt(input, run) {
  run.count += 1;
  try {
    // The first input of a kind pays for tables that are made once.
    if (spentMs(input, run) > slowMs && spentMs(input, run) > slowMs)
      throw new Error(`one input took over ${slowMs} ms`);
    return true;
  } catch (error) {
    const file = join('.cache', 'fuzz', `${run.name}.finding`);
    writeFileSync(file, input);
    console.log(
      `${run.name}: FOUND after ${run.count} inputs (seed ${values.seed}): ${error.stack}\nthe input is in ${file}`,
    );
    return false;
  }
}

function spentMs(input, run) {
  const before = process.cpuUsage();
  targets[run.name](input);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Inputs that reached something new, told apart one by one. */
function keepNews(some, run) {
  if (some.length > 1 && !coverage.take().some((block) => !run.seen.has(block))) return;
  for (const input of some) {
    coverage.take();
    targets[run.name](input);
    const news = coverage.take().filter((block) => !run.seen.has(block));
    if (news.length === 0) continue;
    for (const block of news) run.seen.add(block);
    run.inputs.push(input);
  }
}
