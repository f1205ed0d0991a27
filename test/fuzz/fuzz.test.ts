import { describe, expect, it } from '@jest/globals';
import * as library from '@anamnesis/hl7v2';
import fc from 'fast-check';
import { seeds } from './seeds.mjs';
import { targetsOf } from './targets.mjs';

const targets = targetsOf(library);
/** The same in every run: `npm run fuzz` is what looks for news, guided by coverage; this keeps what holds. */
const seed = 2026;

type Damage = readonly (readonly ['put' | 'drop' | 'copy', number, number])[];

const damage = fc.array(
  fc.tuple(fc.constantFrom('put' as const, 'drop' as const, 'copy' as const), fc.nat(400), fc.nat(255)),
  { maxLength: 16 },
);

function damaged(bytes: Uint8Array, hits: Damage): Uint8Array {
  const changed = [...bytes];
  for (const [kind, place, byte] of hits) {
    const at = place % (changed.length + 1);
    if (kind === 'put') changed[at] = byte;
    else if (kind === 'drop') changed.splice(at, byte % 8);
    else changed.splice(at, 0, ...changed.slice(byte % (changed.length + 1), (byte % (changed.length + 1)) + 8));
  }
  return Uint8Array.from(changed);
}

describe('mutated inputs', () => {
  it.each(['frames', 'message', 'charset'] as const)('break no rule of the target %s', (name) => {
    const input = fc.tuple(fc.constantFrom(...seeds[name]), damage).map(([bytes, hits]) => damaged(bytes, hits));
    fc.assert(fc.property(fc.oneof(input, fc.uint8Array({ maxLength: 200 })), targets[name]), { seed, numRuns: 3000 });
  });

  it('would be noticed: a target throws where a rule does not hold', () => {
    const careless = { ...library, decodeText: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8') };
    expect(() => {
      targetsOf(careless).charset(Uint8Array.from([2, 0xff]));
    }).toThrow('replacement character');
  });
});
