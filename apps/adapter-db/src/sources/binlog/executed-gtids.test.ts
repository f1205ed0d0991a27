import { describe, expect, it } from '@jest/globals';
import { ExecutedGtids } from './executed-gtids.js';

const one = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const other = '2c256447-3f0d-431b-9a25-bddf1f1f6ef6';
const at = (text: string) => ExecutedGtids.parse(text);

describe('ExecutedGtids', () => {
  it('keeps each transaction of each server and tag, closing holes', () => {
    const set = at(`${one}:1-5:7`).with(`${one}:6`).with(`${other}:tag:9223372036854775807`);
    expect(set.toString()).toBe(`${other}:tag:9223372036854775807,${one}:1-7`);
    expect(at('').with(`${one}:1`).toString()).toBe(`${one}:1`);
  });

  it('reads what the server breaks into lines', () => {
    expect(at(`${one.toUpperCase()}:1-3,\n${other}:1`).toString()).toBe(`${other}:1,${one}:1-3`);
  });

  it('reaches what is in it, and nothing that is in one of its holes', () => {
    expect(at(`${one}:1-9,${other}:1`).reaches(at(`${one}:2-3:5`))).toBe(true);
    expect(at(`${one}:1-4:6-9`).reaches(at(`${one}:1-6`))).toBe(false);
    expect(at(`${one}:1-9`).reaches(at(`${one}:tag:1`))).toBe(false);
    expect(at('').reaches(at(''))).toBe(true);
  });

  it.each(['0-1-5', 'x', `${one}:0`, `${one}:5-1`, one])('refuses %p', (text) => {
    expect(() => at(text)).toThrow(TypeError);
  });
});
