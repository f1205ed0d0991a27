import { describe, expect, it } from '@jest/globals';
import { orStopped } from './or-stopped.js';

describe('work that may hang', () => {
  it('is waited for, and what it throws is thrown', async () => {
    const { signal } = new AbortController();
    await expect(orStopped(Promise.resolve(), signal)).resolves.toBeUndefined();
    await expect(orStopped(Promise.reject(new Error('away')), signal)).rejects.toThrow('away');
  });

  it('is waited for no longer once the process stops', async () => {
    const stopping = new AbortController();
    const waiting = orStopped(new Promise<void>(() => undefined), stopping.signal);
    stopping.abort();
    await waiting;
    await orStopped(new Promise<void>(() => undefined), stopping.signal);
  });
});
