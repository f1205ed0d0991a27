import { afterAll, beforeAll, describe, jest } from '@jest/globals';
import { ledgerConformance } from '../ledger.conformance.js';
import { channelConformance } from './channel.conformance.js';
import { openFabricLedger } from './fabric-ledger.js';
import { KeptSubmissions } from './testing/kept-submissions.js';
import { type StartedImitation, startImitation } from './imitation/start-imitation.js';

// Several processes and thousands of signatures: on a busy machine that takes its time.
jest.setTimeout(180_000);

describe('on the imitation, which is not Fabric', () => {
  let started: StartedImitation;
  beforeAll(async () => {
    started = await startImitation();
  });
  afterAll(() => started.stop());

  channelConformance("imitation of Fabric's gateway", () => started);

  ledgerConformance("imitation of Fabric's gateway", async () => {
    const [submissions, account, trust] = [new KeptSubmissions(), await started.account(), await started.trust()];
    return {
      open: () => Promise.resolve(openFabricLedger({ ...account, submissions })),
      trust: () => Promise.resolve(trust),
      dispose: () => Promise.resolve(),
      flips: 'one bit of every byte',
    };
  });
});
