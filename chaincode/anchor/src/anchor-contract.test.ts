import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { EndorsingPeer, type Endorsement } from '../test/endorsing-peer.js';
import { type Identity, makeIdentity } from '../test/identity.js';

const id = 'a'.repeat(32);
const root = 'ab'.repeat(32);
const first = '0'.repeat(64);
const key = (org: string, batchId: string): string => `\u0000batch\u0000${org}\u0000${batchId}\u0000`;

let peer: EndorsingPeer;
let hospitalA: Identity;
let hospitalB: Identity;
let transactions = 0;

beforeAll(async () => {
  hospitalA = await makeIdentity('HospitalA', 'client');
  hospitalB = await makeIdentity('HospitalB', 'client');
});

beforeEach(() => {
  peer = new EndorsingPeer();
});

afterEach(() => {
  jest.useRealTimers();
});

function endorse(by: Identity, ...call: [string, ...string[]]): Promise<Endorsement> {
  return peer.endorse({ by, call, txId: `tx${++transactions}` });
}

async function submit(by: Identity, ...call: [string, ...string[]]): Promise<Endorsement> {
  const endorsement = await endorse(by, ...call);
  peer.commit(endorsement);
  return endorsement;
}

describe('AnchorBatch', () => {
  it('writes the batch under the name of its caller, with one event of the same content', async () => {
    const { status, payload, writes, events } = await peer.endorse({
      by: hospitalA,
      call: ['anchor:AnchorBatch', id, root, '4096', first],
      txId: 'tx',
      seconds: 1_790_000_000,
    });
    const value = `{"org":"HospitalA","batchId":"${id}","root":"${root}","size":4096,"previousRoot":"${first}","txId":"tx","claimedAt":1790000000}`;
    expect([status, payload]).toEqual([200, '{"duplicate":false,"txId":"tx"}']);
    expect([...writes]).toEqual([[key('HospitalA', id), value]]);
    expect(events).toEqual([{ name: 'BatchAnchored', payload: value }]);
  });

  it('answers the same batch again with its first transaction, and writes and tells nothing', async () => {
    const before = await submit(hospitalA, 'anchor:AnchorBatch', id, root, '1', first);
    const again = await submit(hospitalA, 'anchor:AnchorBatch', id, root, '1', first);
    const { txId } = JSON.parse(before.payload) as { txId: string };
    expect(JSON.parse(again.payload)).toEqual({ duplicate: true, txId });
    expect([again.writes.size, again.events.length]).toEqual([0, 0]);
  });

  it.each([
    ['another root', 'cd'.repeat(32), '1', first],
    ['another size', root, '2', first],
    ['another previous root', root, '1', root],
  ])('refuses a known id with %s', async (_, ...content) => {
    await submit(hospitalA, 'anchor:AnchorBatch', id, root, '1', first);
    const refused = await submit(hospitalA, 'anchor:AnchorBatch', id, ...content);
    expect([refused.status, refused.message]).toEqual([500, 'CONFLICT: this batch is anchored with other content']);
    expect([refused.writes.size, refused.events.length]).toEqual([0, 0]);
  });

  it('lets two organisations use one id, each under its own name', async () => {
    await submit(hospitalA, 'anchor:AnchorBatch', id, root, '1', first);
    const other = await submit(hospitalB, 'anchor:AnchorBatch', id, 'cd'.repeat(32), '1', first);
    expect(other.status).toBe(200);
    expect([...peer.state.keys()].sort()).toEqual([key('HospitalA', id), key('HospitalB', id)]);
  });

  it.each([
    ['an id in upper case', 'A'.repeat(32), root, '1', first],
    ['a short id', 'a'.repeat(31), root, '1', first],
    ['an id with a line end', `${'a'.repeat(32)}\n`, root, '1', first],
    ['a root in upper case', id, 'AB'.repeat(32), '1', first],
    ['a short root', id, root.slice(2), '1', first],
    ['no size', id, root, '', first],
    ['size zero', id, root, '0', first],
    ['a size that is no whole number', id, root, '1.5', first],
    ['a size with an exponent', id, root, '1e3', first],
    ['a size of ten digits', id, root, '1234567890', first],
    ['no previous root', id, root, '1', ''],
    ['too few arguments', id, root, '1'],
    ['an argument too many', id, root, '1', first, ''],
  ])('refuses %s', async (_, ...values) => {
    const { status, message, writes } = await endorse(hospitalA, 'anchor:AnchorBatch', ...values);
    expect(status).toBe(500);
    expect(message).toMatch(/^INVALID: (batchId|root|size|previousRoot|4 arguments are wanted)$/);
    expect(writes.size).toBe(0);
  });

  it('refuses transient data', async () => {
    const call: [string, ...string[]] = ['anchor:AnchorBatch', id, root, '1', first];
    const { message } = await peer.endorse({ by: hospitalA, call, txId: 'tx', transient: { note: 'text' } });
    expect(message).toBe('INVALID: no transient data is taken');
  });

  it('makes the same of a proposal whatever the clock says, byte for byte', async () => {
    const call: [string, ...string[]] = ['anchor:AnchorBatch', id, root, '1', first];
    jest.useFakeTimers({ now: new Date('2001-01-01'), doNotFake: ['nextTick', 'setImmediate'] });
    const one = await peer.endorse({ by: hospitalA, call, txId: 'tx' });
    jest.setSystemTime(new Date('2051-01-01'));
    expect(await new EndorsingPeer().endorse({ by: hospitalA, call, txId: 'tx' })).toEqual(one);
  });
});

describe('callers', () => {
  it('are served with more units than the role, in one part of their name as Fabric CA writes them or in several', async () => {
    for (const units of [['client+OU=north+OU=cardiology'], ['client', 'north']]) {
      const caller = await makeIdentity('HospitalA', ...units);
      expect(await endorse(caller, 'anchor:AnchorBatch', id, root, '1', first)).toMatchObject({ status: 200 });
    }
  });

  it.each([
    ...[[['admin']], [['peer']], [['orderer']], [[]], [['client', 'admin']], [['clients']], [['client+OU=admin']]],
    ...[[['x \\+ OU=client']], [['client+OU=north', 'peer']]],
  ])('with the units %j are refused everything', async (units) => {
    const caller = await makeIdentity('HospitalA', ...units);
    for (const call of [
      ['anchor:AnchorBatch', id, root, '1', first],
      ['anchor:GetBatch', 'HospitalA', id],
      ['anchor:ListBatches', 'HospitalA', '10', ''],
    ] as [string, ...string[]][]) {
      const { status, message } = await endorse(caller, ...call);
      expect([status, message]).toEqual([500, 'FORBIDDEN: the caller is no client identity']);
    }
  });
});

describe('GetBatch', () => {
  it('gives the batch to every organisation', async () => {
    await submit(hospitalA, 'anchor:AnchorBatch', id, root, '7', first);
    const { payload } = await endorse(hospitalB, 'anchor:GetBatch', 'HospitalA', id);
    expect(JSON.parse(payload)).toMatchObject({ org: 'HospitalA', batchId: id, root, size: 7, previousRoot: first });
  });

  it('says when there is none, and refuses what is no name or id', async () => {
    const message = async (...call: [string, ...string[]]) => (await endorse(hospitalA, ...call)).message;
    expect(await message('anchor:GetBatch', 'HospitalA', id)).toBe('NOT_FOUND: no such batch');
    expect(await message('anchor:GetBatch', 'A\u0000B', id)).toBe('INVALID: organisation');
    expect(await message('anchor:GetBatch', 'HospitalA', 'x')).toBe('INVALID: batchId');
    expect(await message('anchor:GetBatch', 'HospitalA')).toBe('INVALID: 2 arguments are wanted');
  });
});

describe('ListBatches', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => letter.repeat(32));

  it('gives every batch of an organisation once, page by page, and no other', async () => {
    for (const batchId of ids) await submit(hospitalA, 'anchor:AnchorBatch', batchId, root, '1', first);
    await submit(hospitalB, 'anchor:AnchorBatch', ids[0] ?? '', root, '1', first);
    const seen: string[][] = [];
    let bookmark = '';
    do {
      const { payload } = await endorse(hospitalB, 'anchor:ListBatches', 'HospitalA', '3', bookmark);
      const page = JSON.parse(payload) as { batches: { org: string; batchId: string }[]; bookmark: string };
      seen.push(page.batches.map(({ org, batchId }) => `${org} ${batchId}`));
      ({ bookmark } = page);
    } while (bookmark);
    expect(seen.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(seen.flat()).toEqual(ids.map((batchId) => `HospitalA ${batchId}`));
  });

  it('is empty for the caller, and refuses an organisation that has none: its name may be anything', async () => {
    const { payload } = await endorse(hospitalA, 'anchor:ListBatches', 'HospitalA', '10', '');
    expect(payload).toBe('{"batches":[],"bookmark":""}');
    const { message } = await endorse(hospitalA, 'anchor:ListBatches', 'SomebodysName', '10', '');
    expect(message).toBe('NOT_FOUND: no such batches');
  });

  it('refuses pages without a size or above 1,000, and a bookmark that is no id', async () => {
    const message = async (...values: string[]) =>
      (await endorse(hospitalA, 'anchor:ListBatches', 'HospitalA', ...values)).message;
    expect(await message('', '')).toBe('INVALID: pageSize');
    expect(await message('1001', '')).toBe('INVALID: pageSize');
    expect(await message('1000', '')).toBe('');
    expect(await message('10', key('HospitalB', id))).toBe('INVALID: bookmark');
  });
});

it('knows no other transaction', async () => {
  expect((await endorse(hospitalA, 'anchor:DeleteBatch', id)).message).toBe('INVALID: no such transaction');
  expect((await endorse(hospitalA, 'anchor:unknownTransaction')).message).toBe('INVALID: no such transaction');
});

describe('whatever is called', () => {
  const value = fc.oneof(
    fc.constantFrom(id, 'b'.repeat(32), root, 'cd'.repeat(32), first, '1', '2', '', 'HospitalA', 'HospitalB'),
    fc.string({ unit: 'grapheme' }),
  );
  const batch = fc.tuple(
    fc.constantFrom(id, 'b'.repeat(32), 'c'.repeat(32)),
    fc.constantFrom(root, 'cd'.repeat(32)),
    fc.constantFrom('1', '2'),
    fc.constantFrom(first, root),
  );
  const call = fc.oneof(
    { weight: 4, arbitrary: batch.map((values) => ['anchor:AnchorBatch', ...values] as const) },
    fc
      .tuple(
        fc.constantFrom('anchor:AnchorBatch', 'anchor:GetBatch', 'anchor:ListBatches', 'anchor:x'),
        fc.array(value),
      )
      .map(([name, values]) => [name, ...values] as const),
  );
  const step = fc.record({ isFirst: fc.boolean(), call, commitsLater: fc.boolean() });

  it('the state is only ever added to, by its owner, with one event a batch', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        peer = new EndorsingPeer();
        const late: Endorsement[] = [];
        for (const {
          isFirst,
          call: [name, ...values],
          commitsLater,
        } of steps) {
          const by = isFirst ? hospitalA : hospitalB;
          const endorsement = await endorse(by, name, ...values);
          for (const written of endorsement.writes.keys()) expect(written).toBe(key(by.mspId, values[0] ?? ''));
          expect(endorsement.events.map(({ payload }) => payload)).toEqual([...endorsement.writes.values()]);
          if (commitsLater) late.push(endorsement);
          else commitAndCompare(endorsement);
        }
        for (const endorsement of late) commitAndCompare(endorsement);
      }),
      { numRuns: 100 },
    );
  });

  function commitAndCompare(endorsement: Endorsement): void {
    const before = [...peer.state];
    peer.commit(endorsement);
    expect([...peer.state].slice(0, before.length)).toEqual(before);
  }

  it('an error is one of a few fixed texts', async () => {
    const fixed =
      /^(INVALID: ([24] arguments are wanted|3 arguments are wanted|batchId|root|size|previousRoot|organisation|pageSize|bookmark|no such transaction)|CONFLICT: this batch is anchored with other content|NOT_FOUND: no such batch(es)?)$/;
    await fc.assert(
      fc.asyncProperty(call, async ([name, ...values]) => {
        const { status, message } = await endorse(hospitalA, name, ...values);
        if (status !== 200) expect(message).toMatch(fixed);
      }),
      { numRuns: 500 },
    );
  });
});
