import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnchorEntry } from '../../anchor-entry.js';
import { connect, type Connection } from '../connect.js';
import type { FabricAccount, Submission } from '../fabric-options.js';
import { submit } from '../submit/submit.js';
import { FileSubmissions } from './file-submissions.js';

export const stages = ['endorsing', 'endorsed', 'saved', 'submitted', 'committed'] as const;
export type Stage = (typeof stages)[number];

export interface KilledClientTask {
  readonly account: FabricAccount;
  readonly entry: AnchorEntry;
  readonly stage: Stage;
}

/** Submits the entry of `<folder>/task.json` and kills its own process, -9, at the stage that it names. */
export async function runKilledClient(folder: string): Promise<void> {
  const task = JSON.parse(readFileSync(join(folder, 'task.json'), 'utf8')) as KilledClientTask;
  const die = (stage: Stage) => {
    if (stage === task.stage) process.kill(process.pid, 'SIGKILL');
  };
  const submissions = new (class extends FileSubmissions {
    override async save(submission: Submission): Promise<void> {
      die('endorsed');
      await super.save(submission);
      die('saved');
    }
  })(folder);
  const connection = dyingConnection(connect(task.account, createPrivateKey(task.account.privateKey)), die);
  const { signal } = new AbortController();
  await submit(task.entry, { connection, submissions, signal, report: () => undefined });
  die('committed');
}

/** The same connection, on which the process ends while it is endorsing, or once an orderer has the envelope. */
function dyingConnection(connection: Connection, die: (stage: Stage) => void): Connection {
  const { contract, gateway } = connection;
  return {
    ...connection,
    contract: Object.assign(Object.create(contract) as typeof contract, {
      evaluate: contract.evaluate.bind(contract),
      newProposal: (...of: Parameters<typeof contract.newProposal>) => {
        const proposal = contract.newProposal(...of);
        return {
          endorse: async () => {
            const endorsing = proposal.endorse();
            setImmediate(() => {
              die('endorsing');
            });
            return endorsing;
          },
        };
      },
    }),
    gateway: Object.assign(Object.create(gateway) as typeof gateway, {
      newSignedTransaction: gateway.newSignedTransaction.bind(gateway),
      newTransaction: (bytes: Uint8Array) => ({
        submit: async () => {
          const submitted = await gateway.newTransaction(bytes).submit();
          die('submitted');
          return submitted;
        },
      }),
    }),
  };
}
