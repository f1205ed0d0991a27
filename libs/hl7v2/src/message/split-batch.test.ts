import { describe, expect, it } from '@jest/globals';
import { admission, result } from '../sample-messages.js';
import { splitBatch } from './split-batch.js';

const split = (text: string): ReturnType<typeof splitBatch> => splitBatch(Buffer.from(text));
const texts = (text: string): readonly string[] => split(text).messages.map((one) => Buffer.from(one).toString());
const enclosed = (messages: number, batches: number): string =>
  `FHS|^~\\&|A\rBHS|^~\\&|A\r${admission}${result}BTS|${messages}\rFTS|${batches}\r`;

describe('split batch', () => {
  it('takes a single message as it is', () => {
    expect(texts(admission)).toEqual([admission]);
    expect(split(admission)).toMatchObject({ isBatch: false, problems: [], skippedBytes: 0 });
  });

  it('cuts several messages without batch segments at every MSH', () => {
    expect(texts(`\uFEFF${admission}\r\n${result}`)).toEqual([`${admission}\r\n`, result]);
  });

  it('takes the messages out of a batch', () => {
    expect(texts(enclosed(2, 1))).toEqual([admission, result]);
    expect(split(enclosed(2, 1))).toMatchObject({ isBatch: true, problems: [] });
  });

  it('says which messages are of which batch, with the headers as they came', () => {
    const text = `FHS|^~\\&|F\rBHS|^~\\&|A\r${admission}${result}BTS|2\rBHS|^~\\&|B\rBTS|0\r${result}FTS|3\r`;
    const { groups, fileHeader, problems } = split(text);
    expect(problems).toEqual([]);
    expect(groups.map(({ header, count }) => [header && Buffer.from(header).toString(), count])).toEqual([
      ['BHS|^~\\&|A', 2],
      ['BHS|^~\\&|B', 0],
      [undefined, 1],
    ]);
    expect(Buffer.from(fileHeader ?? []).toString()).toBe('FHS|^~\\&|F');
    expect(split(admission)).toMatchObject({ groups: [{ count: 1 }] });
    expect(split(admission)).not.toHaveProperty('fileHeader');
  });

  it('finds wrong counts', () => {
    expect(split(enclosed(3, 1)).problems).toMatchObject([{ location: { segment: 'BTS', field: 1 } }]);
    expect(split(enclosed(2, 2)).problems).toMatchObject([{ location: { segment: 'FTS', field: 1 } }]);
  });

  it('takes an empty batch and a count left out as right', () => {
    expect(split('BHS|^~\\&|A\rBTS|0\r')).toMatchObject({ messages: [], isBatch: true, problems: [] });
    expect(split(`BHS|^~\\&|A\r${admission}BTS\r`).problems).toEqual([]);
  });

  it('counts what belongs to nothing', () => {
    expect(split(`hello\r${admission}`)).toMatchObject({ skippedBytes: 5 });
    expect(split('MSH\r').messages).toEqual([]);
    expect(split('MSHX is no segment\r').messages).toEqual([]);
  });
});
