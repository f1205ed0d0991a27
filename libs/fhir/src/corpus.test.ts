import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FrameDecoder, MessageError, parseMessage, splitBatch, type Message } from '@anamnesis/hl7v2';
import { problemsOf } from './fhir-validators.conformance.js';
import { stringifyFhir } from './stringify-fhir.js';
import { assembled, contextOf } from './test-context.js';
import { mapMessage } from './v2/map-message.js';

const folder = join(process.env['CORPUS_DIR'] ?? '../shared/corpus', 'hl7v2');
const isThere = existsSync(folder);
if (!isThere) console.warn(`SKIPPED: no corpus at ${folder} (CORPUS_DIR): messages of other systems were not mapped`);

function* messages(): Generator<Message> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.hl7$/i.test(name));
  for (const name of names.sort()) {
    const bytes = readFileSync(join(folder, name));
    const decoder = new FrameDecoder({ frameBytesMax: 64 * 1024 * 1024 });
    const frames = decoder.push(bytes).flatMap((event) => (event.kind === 'frame' ? [event.bytes] : []));
    for (const block of frames.length > 0 ? frames : [bytes]) {
      for (const one of splitBatch(block).messages) {
        const message = readable(one);
        if (message) yield message;
      }
    }
  }
}

function readable(bytes: Uint8Array): Message | undefined {
  try {
    return parseMessage(bytes);
  } catch (error) {
    if (error instanceof MessageError) return undefined;
    throw error;
  }
}

class Tally {
  readonly #counts = new Map<string, number>();

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  text(): string {
    const ordered = [...this.#counts].sort(([, a], [, b]) => b - a);
    return ordered.map(([what, count]) => `${count} ${what}`).join('\n  ');
  }
}

(isThere ? describe : describe.skip)('messages of other systems', () => {
  it('map without a throw, to resources that a FHIR R4 validator accepts', () => {
    const [types, unmapped, warnings, problems] = [new Tally(), new Tally(), new Tally(), new Tally()];
    const resourceTypes = new Tally();
    const seen = new Set<string>();
    let mapped = 0;
    let invalid = 0;
    for (const message of messages()) {
      mapped++;
      for (const event of mapMessage(message, contextOf(message))) {
        types.count(event.type);
        if (event.type === 'message.unmapped')
          unmapped.count(`${message.header.messageCode}^${message.header.triggerEvent}`);
        for (const warning of event.resources.warnings) warnings.count(warning.replace(/(only:|type) .*/, '$1 …'));
        for (const resource of assembled(event.resources.statements)) {
          resourceTypes.count(resource.resourceType);
          const text = stringifyFhir(resource);
          // Simulated feeds repeat the same resource a thousand times: one of each shape, whatever its ids and digits.
          const shape = text.replace(/[a-z2-7]{32}/g, '').replace(/\d+/g, '0');
          if (seen.has(shape)) continue;
          seen.add(shape);
          const found = problemsOf(JSON.parse(text));
          if (found.length > 0) invalid++;
          for (const problem of found) problems.count(`${resource.resourceType} ${problem}`);
        }
      }
    }
    console.info(
      [
        `${mapped} messages`,
        `events:\n  ${types.text()}`,
        `unmapped:\n  ${unmapped.text()}`,
        `resources:\n  ${resourceTypes.text()}`,
        `warnings:\n  ${warnings.text()}`,
        `invalid ${invalid} of ${seen.size}:\n  ${problems.text()}`,
      ].join('\n'),
    );
    expect(mapped).toBeGreaterThan(3000);
    expect(invalid).toBe(0);
    expect(seen.size).toBeGreaterThan(1000);
  }, 600_000);
});
