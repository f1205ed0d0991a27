import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { messageOf, type Said } from '../../test/messages.js';
import { RunningAdapter } from '../../test/running-adapter.js';
import { msa } from '../../test/sender.js';

let adapter: RunningAdapter;

beforeEach(async () => {
  adapter = await RunningAdapter.start();
});
afterEach(() => adapter.dispose());

const ask = async (said: Said) => (await adapter.connect()).ask(messageOf(said));

describe('a sender whose certificate has not begun by our clock', () => {
  it('is told to come back, and is taken when the clock is right', async () => {
    expect(msa(await ask({ controlId: 'C1' })).code).toBe('AA');
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 86_400_000);
    const answer = await ask({ controlId: 'C2' });
    now.mockRestore();
    expect(msa(answer).code).toBe('AR');
    expect(answer).toContain('207');
    expect(answer).toContain('the clock of the receiver is wrong');
    expect(msa(await ask({ controlId: 'C2' })).code).toBe('AA');
  });
});
