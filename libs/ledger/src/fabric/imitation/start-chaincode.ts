import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../../../../chaincode/anchor/', import.meta.url));

export interface ChaincodeProcess {
  readonly address: string;
  stop(): Promise<void>;
}

/** Runs the built chaincode as the service that peers connect to. */
export async function startChaincode(): Promise<ChaincodeProcess> {
  const address = `127.0.0.1:${await freePort()}`;
  const env = {
    PATH: process.env['PATH'],
    CHAINCODE_ADDRESS: address,
    CHAINCODE_ID: 'anchor_1:imitation',
    NODE_NO_WARNINGS: '1',
  };
  const child: ChildProcess = spawn(process.execPath, ['start.mjs'], {
    cwd: directory,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = once(child, 'exit');
  return {
    address,
    async stop() {
      child.kill();
      await gone;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const bound = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}
