// `npm run bench -- parse [--seconds 3] [--out bench-parse.json]`: messages per CPU second on one core, ADT^A08 of 1.4 KB and
// ORU^R01 with 20 results: our parser beside hl7v2 and @medplum/core, and our whole path from the MLLP frame to the canonical
// event, unsigned and signed. CPU time, garbage collection included, holds on a machine that has other work too. Parsers of
// others are eager; ours finds parts when asked, so that it is measured with every value read as well. Every step is warmed up
// for as long as it is measured. The messages are so many that the ids in one are forgotten until it comes again; they come
// over one connection.
import 'reflect-metadata';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Hl7Message } from '@medplum/core';
import { HL7Message } from 'hl7v2';
import { framed, mixes } from './messages.mjs';
import { load } from './usage.mjs';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, out: { type: 'string', default: 'bench-parse.json' } },
});
const build = resolve(process.env.BENCH_DIST ?? 'dist', 'apps/standalone');
const from = (file) => import(join(build, file));
const { FrameDecoder, openDictionary, parseMessage, Rules } = await from('libs/hl7v2/src/index.js');
const { composeEvents, digestOf } = await from('apps/adapter-hl7/src/intake/compose-events.js');
const { signedBytes, signTogether } = await from('libs/core/src/index.js');

const count = 15_000;
const inputs = {
  'ADT^A08': Array.from({ length: count }, (_, n) => framed(mixes.typical(`A${n}`, n * 4))),
  'ORU^R01': Array.from({ length: count }, (_, n) => framed(mixes.typical(`R${n}`, n * 4 + 3))),
};
const source = {
  ...{ kind: 'source', id: 'aaaaaaaaaaaaaaaa', facility: 'MPK', application: 'ADT', state: 'active', isOpen: false },
  ...{ addresses: [], zone: 'Asia/Karachi', authorityByNamespace: {}, messageTypes: [], processingIds: ['P'] },
  ...{ acknowledgement: 'auto', closesWhenUnavailable: false },
};
const identity = { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, certificateSerial: '01' };
const options = {
  deploymentKey: randomBytes(32),
  registry: { authority: () => undefined },
  onMappingDefect: (defect) => {
    throw defect;
  },
  onUndecodable: () => undefined,
  rules: new Rules(await openDictionary()),
};

const decoder = new FrameDecoder({ frameBytesMax: 16 * 1024 * 1024 });

const steps = {
  'ours: frame, parse': (frame) => parsed(frame).segments.length,
  'ours: frame, parse, every value read': (frame) => readAll(parsed(frame)),
  'ours: frame, parse, map, canonical event': (frame) => canonical(parsed(frame)),
  'ours: the same, signed': (frame) => signed(parsed(frame)),
  'hl7v2: parse': (frame) => HL7Message.parse(textOf(frame)).segments.length,
  '@medplum/core: parse': (frame) => Hl7Message.parse(textOf(frame)).segments.length,
};

console.log(`load average ${load()}, node ${process.version}; ${count} different messages, again and again`);
const table = Object.entries(steps).map(([step, run]) => {
  const row = { step };
  for (const [type, frames] of Object.entries(inputs)) row[`${type} per CPU second`] = measure(run, frames);
  return row;
});
console.table(table);
writeFileSync(values.out, `${JSON.stringify({ node: process.version, table }, null, 2)}\n`);

function measure(run, frames) {
  spend(run, frames);
  const { done, usedUs } = spend(run, frames);
  return Math.round((done * 1e6) / usedUs);
}

/** For so many seconds of CPU. */
function spend(run, frames) {
  let [sink, done, usedUs] = [0, 0, 0];
  const begun = process.cpuUsage();
  while (usedUs < Number(values.seconds) * 1e6) {
    for (let n = 0; n < 100; n++) sink += run(frames[done++ % frames.length]);
    const { user, system } = process.cpuUsage(begun);
    usedUs = user + system;
  }
  if (sink === 0) throw new Error('nothing was read');
  return { done, usedUs };
}

function parsed(frame) {
  const [event] = decoder.push(frame);
  return parseMessage(event.bytes);
}

function readAll(message) {
  let length = 0;
  for (const segment of message.segments)
    for (let n = 1; n <= segment.fieldCount; n++)
      for (const one of segment.field(n).repetitions) for (const text of one.texts) length += text.length;
  return length;
}

/** Signed alone, as a message is that comes when no other does. */
function signed(message) {
  const events = composeEvents(arrivalOf(message), options).map(({ header }) => signedBytes(header));
  return signTogether(events, identity).length;
}

/** What is signed, in its canonical form, and what travels beside it. */
function canonical(message) {
  let length = 0;
  for (const { header } of composeEvents(arrivalOf(message), options)) length += signedBytes(header).length;
  return length;
}

function arrivalOf(message) {
  const receivedAt = new Date().toISOString();
  const corrected = { message, corrections: [] };
  return { message, corrected, source, rawDigest: digestOf(message.bytes), receivedAt, peer: {}, detached: [] };
}

function textOf(frame) {
  return frame.toString('utf8', 1, frame.length - 2);
}
