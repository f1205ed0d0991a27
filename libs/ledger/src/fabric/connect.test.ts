import { createPrivateKey } from 'node:crypto';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Unavailable } from '@anamnesis/core';
import { newBatchId } from '../anchor-entry.js';
import { someEntry } from '../ledger.conformance.js';
import { connect, type Connection } from './connect.js';
import { heldBatch } from './contract.js';
import type { FabricBatch } from './evidence/held-batch.js';
import { openFabricLedger } from './fabric-ledger.js';
import { follow } from './follow.js';
import { type StartedImitation, startImitation } from './imitation/start-imitation.js';
import { KeptSubmissions } from './testing/kept-submissions.js';

/** The way to a peer on which connections may get lost while they are made, and nobody is told of it. */
class Way {
  swallows = true;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(peer: string) {
    const port = Number(peer.split(':').at(-1));
    this.#server = createServer((from) => {
      this.#keep(from);
      // Taken, and never answered: as by a host that lost power just then, or a firewall that forgot it.
      if (this.swallows) return;
      const to = this.#keep(connectSocket(port, '127.0.0.1'));
      from.pipe(to).pipe(from);
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.on('error', () => undefined);
  }
}

describe('the line to a peer', () => {
  let started: StartedImitation;
  let way: Way;
  let connection: Connection;

  beforeAll(async () => {
    started = await startImitation();
  });
  afterAll(() => started.stop());
  beforeEach(async () => {
    way = new Way(started.address);
    const account = { ...(await started.account()), peer: await way.open() };
    connection = connect(account, createPrivateKey(account.privateKey), 1000);
  });
  afterEach(() => {
    connection.close();
    way.close();
  });

  const ask = () =>
    heldBatch(connection, newBatchId(), { step: 'read', signal: AbortSignal.abort(), report: () => undefined });

  it('is made anew when it was lost while it was made, and nobody said so: whoever follows goes on', async () => {
    const ending = new AbortController();
    const told: string[] = [];
    const apply = ({ entry: { batchId } }: FabricBatch) => {
      told.push(batchId);
      ending.abort();
      return Promise.resolve();
    };
    const following = follow(connection, { checkpoint: undefined, apply, signal: ending.signal }, () => undefined);
    for (let time = 0; time < 2; time++) await expect(ask()).rejects.toThrow(Unavailable);
    way.swallows = false;
    expect(await ask()).toBeUndefined();
    const ledger = openFabricLedger({ ...(await started.account()), submissions: new KeptSubmissions() });
    const { batchId } = await ledger.anchor(someEntry());
    await following;
    expect(told).toEqual([batchId]);
    await ledger.close();
  });

  it('stays as it is while it is used', async () => {
    way.swallows = false;
    await ask();
    const { contract } = connection;
    await ask();
    expect(connection.contract).toBe(contract);
  });
});
