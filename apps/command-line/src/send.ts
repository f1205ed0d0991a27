import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readHeader } from '@anamnesis/hl7v2';
import { describeAnswer } from './describe-answer.js';
import { MllpClient, type MllpAddress } from './mllp-client.js';
import { ProgressBar } from './progress-bar.js';
import { readSandbox } from './sandbox.js';
import { readMessages } from './split-messages.js';

const usage = `usage: npm run send -- <file-or-folder> … [--to host:port] [--deadline milliseconds] [--quiet]

Sends every HL7 v2 message of the files over one MLLP connection, one after the other, and prints the answers.
  --to        the listener; default: the product running on DATA_DIR (./data)
  --deadline  how long to wait for an answer; default 10000. A sender that asks for no answer (MSH-15 NE) gets none.
  --quiet     prints what was not answered positively, and the sum
Files may be of any size; on a terminal a bar shows how far it is.
An answer whose MSA-2 is not the MSH-10 that was sent counts as "another": it says nothing of this message.
exit status: 0 all answered positively, 1 some were not, 2 nothing could be sent`;

const options = { to: { type: 'string' }, deadline: { type: 'string' }, quiet: { type: 'boolean' } } as const;

interface Sending {
  readonly address: MllpAddress;
  readonly deadlineMs: number;
  readonly isQuiet: boolean;
}

async function sendAll(files: readonly string[], sending: Sending): Promise<boolean> {
  const sender = new Sender(await MllpClient.connect(sending.address), sending);
  const counts = new Map<string, number>();
  const bar = new ProgressBar(files.reduce((sum, file) => sum + statSync(file).size, 0));
  let [doneBytes, sent] = [0, 0];
  for (const file of files) {
    let readBytes = 0;
    for await (const message of readMessages(file, (bytes) => (readBytes = bytes))) {
      const outcome = await sender.send(message);
      const code = outcome.split(/[ :]/, 1)[0] ?? '';
      counts.set(code, (counts.get(code) ?? 0) + 1);
      if (!sending.isQuiet || !isPositive(code)) {
        bar.clear();
        console.log(`${outcome}  <- ${name(message)} ${file}`);
      }
      bar.show(doneBytes + readBytes, ++sent);
    }
    doneBytes += readBytes;
  }
  sender.close();
  bar.clear();
  console.log([...counts].map(([code, count]) => `${code} ${count}`).join(', ') || 'no messages found');
  return [...counts.keys()].every(isPositive) && counts.size > 0;
}

/**
 * One connection, made anew after a message that was not answered, or by an answer to another: what comes on it then may be
 * late (hl7v2.md A8).
 */
class Sender {
  constructor(
    private client: MllpClient,
    private readonly sending: Sending,
  ) {}

  /** The answer, described. */
  async send(message: Uint8Array): Promise<string> {
    const outcome = await this.#outcomeOf(message);
    if (/^(none|another):/.test(outcome)) {
      this.client.close();
      this.client = await MllpClient.connect(this.sending.address);
    }
    return outcome;
  }

  async #outcomeOf(message: Uint8Array): Promise<string> {
    try {
      return describeAnswer(message, await this.client.send(message, this.sending.deadlineMs));
    } catch (error) {
      return `none: ${error instanceof Error ? error.message : 'unknown'}`;
    }
  }

  close(): void {
    this.client.close();
  }
}

function isPositive(code: string): boolean {
  return code === 'AA' || code === 'CA';
}

function name(message: Uint8Array): string {
  const header = readHeader(message);
  return header === undefined ? '(no MSH)' : `${header.controlId} ${header.messageCode}^${header.triggerEvent}`;
}

function addressOf(to: string | undefined): MllpAddress {
  if (to === undefined) return readSandbox().mllp;
  const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(to) ?? [];
  if (host === undefined) throw new Error(`--to ${to}: host:port is needed`);
  return { host, port: Number(port) };
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((one) => filesBelow(join(path, one)));
}

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const deadlineMs = Number(values.deadline ?? 10_000);
  if (positionals.length === 0 || !(deadlineMs > 0)) throw new Error(usage);
  const files = positionals.flatMap(filesBelow);
  process.exitCode = (await sendAll(files, {
    address: addressOf(values.to),
    deadlineMs,
    isQuiet: values.quiet === true,
  }))
    ? 0
    : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
