// `npm run bench -- parse [--seconds 3] [--out bench-parse.json]`: messages per CPU second on one core, ADT^A08 of 1.4 KB and
// ORU^R01 with 20 results: our parser beside hl7v2 and @medplum/core, and our whole path from the MLLP frame to the signed
// event. CPU time, garbage collection included, holds on a machine that has other work too. Parsers of others are eager;
// ours finds parts when asked, so that it is measured with every value read as well.
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
const build = resolve(process.env.BENCH_DIST ?? 'dist/apps/standalone');
const from = (file) => import(join(build, file));
const { FrameDecoder, openDictionary, parseMessage, Rules } = await from('libs/hl7v2/src/index.js');
const { composeEvents, digestOf } = await from('apps/adapter-hl7/src/intake/compose-events.js');

const count = 500;
const inputs = {
  'ADT^A08': Array.from({ length: count }, (_, n) => framed(mixes.typical(`A${n}`, n * 4))),
  'ORU^R01': Array.from({ length: count }, (_, n) => framed(mixes.typical(`R${n}`, n * 4 + 3))),
};
const source = {
  ...{ kind: 'source', id: 'aaaaaaaaaaaaaaaa', facility: 'MPK', application: 'ADT', state: 'active', isOpen: false },
  ...{ addresses: [], zone: 'Asia/Karachi', authorityByNamespace: {}, messageTypes: [], processingIds: ['P'] },
  ...{ acknowledgement: 'auto', closesWhenUnavailable: false },
};
const options = {
  deploymentKey: randomBytes(32),
  registry: { authority: () => undefined },
  identity: { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, certificateSerial: '01' },
  onMappingDefect: (defect) => {
    throw defect;
  },
  onUndecodable: () => undefined,
  rules: new Rules(await openDictionary()),
};

const steps = {
  'ours: frame, parse': (frame) => parsed(frame).segments.length,
  'ours: frame, parse, every value read': (frame) => readAll(parsed(frame)),
  'ours: frame, parse, map, signed event': (frame) => composed(parsed(frame)),
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

/** Once through all of them to warm up, then for so many seconds of CPU. */
function measure(run, frames) {
  let sink = 0;
  for (const frame of frames) sink += run(frame);
  const begun = process.cpuUsage();
  const limit = Number(values.seconds) * 1e6;
  let done = 0;
  let used = 0;
  while (used < limit) {
    for (const frame of frames) sink += run(frame);
    done += frames.length;
    const { user, system } = process.cpuUsage(begun);
    used = user + system;
  }
  if (sink === 0) throw new Error('nothing was read');
  return Math.round((done * 1e6) / used);
}

function parsed(frame) {
  const [event] = new FrameDecoder({ frameBytesMax: 16 * 1024 * 1024 }).push(frame);
  return parseMessage(event.bytes);
}

function readAll(message) {
  let length = 0;
  for (const segment of message.segments)
    for (let n = 1; n <= segment.fieldCount; n++)
      for (const one of segment.field(n).repetitions) for (const text of one.texts) length += text.length;
  return length;
}

function composed(message) {
  const receivedAt = new Date().toISOString();
  const corrected = { message, corrections: [] };
  const arrival = { message, corrected, source, rawDigest: digestOf(message.bytes), receivedAt, peer: {} };
  return composeEvents(arrival, options).length;
}

function textOf(frame) {
  return frame.toString('utf8', 1, frame.length - 2);
}
