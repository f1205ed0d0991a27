import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { messageOf, type Said } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa } from '../../test/sender.js';
import { until } from '../../test/until.js';

type Condition = '' | 'AL' | 'NE' | 'ER' | 'SU';
const conditions: readonly Condition[] = ['', 'AL', 'NE', 'ER', 'SU'];

interface Case {
  readonly name: string;
  readonly said: Said;
  /** Code in original and in enhanced mode (A4). */
  readonly original: string;
  readonly accept: string;
  /** Absent: durable. */
  readonly condition?: number;
}

const cases: readonly Case[] = [
  { name: 'durable', said: {}, original: 'AA', accept: 'CA' },
  { name: 'type not accepted', said: { type: 'QRY^A19' }, original: 'AR', accept: 'CR', condition: 200 },
  { name: 'event not accepted', said: { type: 'ADT^A24' }, original: 'AR', accept: 'CR', condition: 201 },
  { name: 'processing id not accepted', said: { processingId: 'T' }, original: 'AR', accept: 'CR', condition: 202 },
  { name: 'version not accepted', said: { version: '3' }, original: 'AR', accept: 'CR', condition: 203 },
  { name: 'PID-3 missing', said: { pid: 'PID|1||||EVERYWOMAN' }, original: 'AE', accept: 'CE', condition: 101 },
  { name: 'storage away', said: {}, original: 'AR', accept: 'CE', condition: 207 },
];

/** A2, written down from table 0155 rather than computed as the code does. */
function expected(accept: Condition, application: Condition, isDurable: boolean): 'original' | 'accept' | 'nothing' {
  if (accept === '' && application === '') return 'original';
  if (accept === '' || accept === 'NE') return 'nothing';
  if (accept === 'AL') return 'accept';
  return (accept === 'SU') === isDurable ? 'accept' : 'nothing';
}

let adapter: RunningAdapter;
let controlIds = 0;

beforeAll(async () => {
  adapter = await RunningAdapter.start();
  adapter.registry.apply(
    sourceOf(
      { facility: 'HYD', application: 'REG' },
      { isOpen: false, processingIds: ['P'], messageTypes: ['ADT^A08'] },
    ),
  );
});
afterAll(() => adapter.dispose());

describe.each(cases)('$name', ({ name, said, original, accept, condition }) => {
  it.each(conditions.flatMap((msh15) => conditions.map((msh16) => [msh15, msh16] as const)))(
    'MSH-15 = %p, MSH-16 = %p (A2, A4)',
    async (msh15, msh16) => {
      const sender = await adapter.connect();
      const fence = messageOf({ controlId: `F${++controlIds}` });
      const controlId = `M${controlIds}`;
      const wanted = expected(msh15, msh16, condition === undefined);
      const messages = await adapter.metric('mllp_messages_total');
      adapter.bus.isAway = name === 'storage away';
      sender.send(messageOf({ ...said, controlId, accept: msh15, application: msh16 }));
      await until(async () => (await adapter.metric('mllp_messages_total')) > messages);
      adapter.bus.isAway = false;
      // What is answered next shows that nothing was answered before.
      sender.send(fence);
      const answers = await sender.answered(wanted === 'nothing' ? 1 : 2);
      if (wanted !== 'nothing') {
        expect(msa(answers[0] ?? '')).toEqual({ code: wanted === 'original' ? original : accept, controlId });
        if (condition !== undefined) expect(answers[0]).toContain(String(condition));
        else expect(answers[0]).not.toContain('\rERR');
      }
      expect(msa(answers.at(-1) ?? '').controlId).toMatch(/^F/);
      sender.end();
    },
  );
});
