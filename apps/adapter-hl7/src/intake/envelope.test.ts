import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SourceFact } from '@anamnesis/core';
import { messageOf, type Said } from '../../test/messages.js';
import { sourceOf } from '../../test/registration-double.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa, type Sender } from '../../test/sender.js';
import { until } from '../../test/until.js';

const hyd = { facility: 'HYD', application: 'REG' };
const fhs = 'FHS|^~\\&|REG|HYD|||20260306||||F1\r';
const bhs = 'BHS|^~\\&|REG|HYD|||20260306||||B1\r';

let adapter: RunningAdapter;
let sender: Sender;

beforeEach(async () => {
  adapter = await RunningAdapter.start();
  sender = await adapter.connect();
});
afterEach(() => adapter.dispose());

const good = (controlId: string, said: Said = {}) => messageOf({ controlId, ...said });
const bad = (controlId: string) => messageOf({ controlId, version: '3' });
const batch = (...messages: readonly string[]) => `${bhs}${messages.join('')}BTS|${messages.length}\r`;
const register = (facts: Partial<SourceFact>) => {
  adapter.registry.apply(sourceOf(hyd, facts));
};
const stored = async () => (await adapter.events()).map(({ source }) => source.messageId);

/** What an answer is made of: `BHS B1`, `AA C1`, `BTS 1`. */
const partsOf = (answer: string): readonly string[] =>
  answer.split('\r').flatMap((line) => {
    const fields = line.split('|');
    if (/^[FB]HS$/.test(fields[0] ?? '')) return [`${fields[0]} ${fields[11]}`];
    if (/^[FB]TS$/.test(fields[0] ?? '')) return [`${fields[0]} ${fields[1]}`];
    return fields[0] === 'MSA' ? [`${fields[1]} ${fields[2]}`] : [];
  });

describe('a batch', () => {
  it('is answered by a batch with every acknowledgement, in order, and is on the bus before', async () => {
    const types = [good('C1'), good('C2', { type: 'ZZZ^Z01', pid: null }), bad('C3'), good('C4')];
    const answer = await sender.ask(`${fhs}${batch(...types)}FTS|1\r`);
    const parts = ['FHS F1', 'BHS B1', 'AA C1', 'AA C2', 'AR C3', 'AA C4', 'BTS 4', 'FTS 1'];
    expect(partsOf(answer)).toEqual(parts);
    expect(answer).toMatch(/^FHS\|\^~\\&\|ANAMNESIS\|HUB\|REG\|HYD\|\d{14}\+0000\|\|\|\|[0-9a-z]+\|F1\r/);
    // C2 is of no patient: it has a place of its own on the bus.
    expect([...(await stored())].sort()).toEqual(['C1', 'C2', 'C4']);
    expect((await adapter.refusals()).map(({ controlId, condition }) => [controlId, condition])).toEqual([['C3', 203]]);
  });

  it('keeps its batches apart, and its own delimiters', async () => {
    const second = 'BHS#^~\\&#REG#HYD#######B2\rBTS#0\r';
    const answer = await sender.ask(`${fhs}${batch(good('C1'))}${second}FTS|2\r`);
    expect(partsOf(answer)).toEqual(['FHS F1', 'BHS B1', 'AA C1', 'BTS 1', 'FTS 2']);
    expect(answer).toMatch(/\rBHS#\^~\\&#ANAMNESIS#HUB#REG#HYD#.*#B2\rBTS#0\rFTS\|2\r$/);
  });

  it.each([
    { count: 'BTS-1', text: `${bhs}${good('C1')}${good('C2')}BTS|3\r`, location: 'BTS^1^1', controlId: 'B1' },
    { count: 'FTS-1', text: `${fhs}${batch(good('C1'))}FTS|2\r`, location: 'FTS^1^1', controlId: 'B1' },
    { count: 'FTS-1 without BHS', text: `${fhs}${good('C1')}FTS|7\r`, location: 'FTS^1^1', controlId: 'F1' },
    { count: 'FTS-1 of an empty file', text: `${fhs}FTS|7\r`, location: 'FTS^1^1', controlId: 'F1' },
  ])('whose $count is wrong is refused as a whole, nothing of it stored', async ({ text, location, controlId }) => {
    const answer = await sender.ask(text);
    expect(partsOf(answer)).toContain(`AE ${controlId}`);
    expect(answer).toContain(`\rERR||${location}|207`);
    expect(await stored()).toEqual([]);
    expect(await adapter.refusals()).toMatchObject([{ ...hyd, controlId, condition: 207, location, answer: 'AE' }]);
    expect(msa(await sender.ask(good('C9'))).code).toBe('AA');
  });

  it('may be empty, and may leave its counts out', async () => {
    expect(partsOf(await sender.ask(batch()))).toEqual(['BHS B1', 'BTS 0']);
    expect(partsOf(await sender.ask(`${fhs}FTS|0\r`))).toEqual(['FHS F1', 'FTS 0']);
    expect(partsOf(await sender.ask(`${bhs}${good('C1')}`))).toEqual(['BHS B1', 'AA C1', 'BTS 1']);
    expect(await adapter.refusals()).toEqual([]);
  });

  it('is answered with errors alone, or not at all, as its source is set', async () => {
    register({ batchAcknowledgement: 'errors' });
    expect(partsOf(await sender.ask(batch(good('C1'), bad('C2'))))).toEqual(['BHS B1', 'AR C2', 'BTS 1']);
    expect(partsOf(await sender.ask(batch(good('C3'))))).toEqual(['BHS B1', 'BTS 0']);
    register({ batchAcknowledgement: 'none' });
    sender.send(batch(good('C4'), bad('C5')), batch(), good('C6'));
    expect((await sender.answered(3)).slice(2).map(partsOf)).toEqual([['AA C6']]);
    expect(await stored()).toEqual(['C1', 'C3', 'C4', 'C6']);
  });

  it('that is not stored is said so even to a sender that wants no answers', async () => {
    register({ batchAcknowledgement: 'none' });
    adapter.bus.isAway = true;
    const away = sender.ask(batch(good('C1'), good('C2')));
    expect(partsOf(await away)).toEqual(['BHS B1', 'AR C1', 'AR C2', 'BTS 2']);
    adapter.bus.isAway = false;
    expect(partsOf(await sender.ask(`${bhs}${good('C1')}BTS|2\r`))).toEqual(['BHS B1', 'AE B1', 'BTS 1']);
  });

  it('is answered message by message as each wants it (A2)', async () => {
    const answer = await sender.ask(
      batch(good('C1', { accept: 'AL' }), good('C2', { accept: 'NE' }), good('C3', { accept: 'ER' })),
    );
    expect(partsOf(answer)).toEqual(['BHS B1', 'CA C1', 'BTS 1']);
  });

  it('of many messages is stored in order, and none overtakes one that was not', async () => {
    const ids = Array.from({ length: 300 }, (_, n) => `N${n}`);
    let publishes = 0;
    adapter.bus.afterPublish = () => {
      if (++publishes === 2) adapter.bus.isAway = true;
      return Promise.resolve();
    };
    const first = partsOf(await sender.ask(batch(...ids.map((id) => good(id)))));
    adapter.bus.isAway = false;
    const taken = first.filter((one) => one.startsWith('AA'));
    expect(taken.length).toBeGreaterThan(0);
    expect(first.slice(1, -1)).toEqual(ids.map((id, n) => `${n < taken.length ? 'AA' : 'AR'} ${id}`));
    expect(await stored()).toEqual(ids.slice(0, taken.length));
    await sender.ask(batch(...ids.map((id) => good(id))));
    expect(await stored()).toEqual(ids);
  });
});

describe('several messages in one block without a batch header', () => {
  it('are each taken, and answered in their order in one block', async () => {
    const answer = await sender.ask(`${good('C1')}\n${bad('C2')}${good('C3')}`);
    expect(partsOf(answer)).toEqual(['AA C1', 'AR C2', 'AA C3']);
    expect(await stored()).toEqual(['C1', 'C3']);
    expect(msa(await sender.ask(good('C4'))).controlId).toBe('C4');
  });

  it('may have a trailer, whose count holds; one message with one, as a cut file leaves it, is a message', async () => {
    expect(partsOf(await sender.ask(`${good('C1')}${good('C2')}BTS|3\r`))).toContain('AE C1');
    expect(partsOf(await sender.ask(`${good('C3')}BTS|3\rFTS|1\r`))).toEqual(['AA C3']);
    expect(await stored()).toEqual(['C3']);
  });

  it('are not looked for behind what begins with something else', async () => {
    const answer = await sender.ask(`junk\r${good('C1')}${good('C2')}`);
    expect(msa(answer).code).toBe('AE');
    expect(await stored()).toEqual([]);
    await until(async () => (await adapter.refusals()).length === 1);
  });
});
