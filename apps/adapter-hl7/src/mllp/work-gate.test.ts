import { describe, expect, it } from '@jest/globals';
import { WorkGate } from './work-gate.js';

const mebibyte = 1024 * 1024;

describe('the work gate', () => {
  /** Work that ends when it is told to, and what has begun of it. */
  function working() {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) => () => {
      begun.push(name);
      return new Promise<void>((end) => ends.set(name, end));
    };
    return { begun, work, end: (name: string) => ends.get(name)?.() };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('lets in what fits, first come first served, and what is over the limit alone', async () => {
    const gate = new WorkGate(100);
    const { begun, work, end } = working();
    const all = [gate.run(60, work('a')), gate.run(60, work('b')), gate.run(30, work('c')), gate.run(500, work('d'))];
    expect(begun).toEqual(['a']);
    end('a');
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    end('b');
    await turn();
    expect(begun).toHaveLength(3);
    end('c');
    await turn();
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    end('d');
    await Promise.all(all);
  });

  it('never lets a few lines wait for documents', async () => {
    const gate = new WorkGate(32 * mebibyte);
    const { begun, work, end } = working();
    const all = [gate.run(67 * mebibyte, work('large')), gate.run(67 * mebibyte, work('next'))];
    all.push(gate.run(2000, work('small')));
    expect(begun).toEqual(['large', 'small']);
    end('small');
    end('large');
    await turn();
    expect(begun).toEqual(['large', 'small', 'next']);
    end('next');
    await Promise.all(all);
  });

  it('goes on after work that fails', async () => {
    const gate = new WorkGate(100);
    await expect(gate.run(100, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await gate.run(100, () => Promise.resolve('done'))).toBe('done');
  });
});
