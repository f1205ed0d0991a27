import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseMessage, readHeader } from '@anamnesis/hl7v2';
import { MllpClient, type MllpAddress } from './mllp-client.js';
import { readSandbox } from './sandbox.js';
import { splitMessages } from './split-messages.js';

const usage = `usage: npm run send -- <file-or-folder> … [--to host:port] [--deadline milliseconds]

Sends every HL7 v2 message of the files over one MLLP connection, one after the other, and prints the answers.
  --to        the listener; default: the product running on DATA_DIR (./data)
  --deadline  how long to wait for an answer; default 10000. A sender that asks for no answer (MSH-15 NE) gets none.
exit status: 0 all answered positively, 1 some were not, 2 nothing could be sent`;

const options = { to: { type: 'string' }, deadline: { type: 'string' } } as const;

try {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const deadlineMs = Number(values.deadline ?? 10_000);
  if (positionals.length === 0 || !(deadlineMs > 0)) throw new Error(usage);
  const files = positionals.flatMap(filesBelow);
  process.exitCode = (await sendAll(files, addressOf(values.to), deadlineMs)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

async function sendAll(files: readonly string[], address: MllpAddress, deadlineMs: number): Promise<boolean> {
  let client = await MllpClient.connect(address);
  const counts = new Map<string, number>();
  for (const file of files) {
    for (const message of splitMessages(readFileSync(file))) {
      let outcome: string;
      try {
        outcome = describe(await client.send(message, deadlineMs));
      } catch (error) {
        outcome = `none: ${error instanceof Error ? error.message : 'unknown'}`;
        client = await MllpClient.connect(address);
      }
      const code = outcome.split(/[ :]/, 1)[0] ?? '';
      counts.set(code, (counts.get(code) ?? 0) + 1);
      console.log(`${outcome}  <- ${name(message)} ${file}`);
    }
  }
  client.close();
  console.log([...counts].map(([code, count]) => `${code} ${count}`).join(', ') || 'no messages found');
  return [...counts.keys()].every((code) => code === 'AA' || code === 'CA') && counts.size > 0;
}

/** `AA`, or the negative code with the condition and place of the first error. */
function describe(answer: Uint8Array): string {
  const message = parseMessage(answer);
  const code = message.first('MSA')?.field(1).text() ?? '';
  const error = message.first('ERR');
  const condition = error === undefined ? '' : ` ${error.field(3).text() || error.field(1).text(1, 1)}`;
  const text = error?.field(8).text() ?? '';
  return `${code}${condition}${text === '' ? '' : ` (${text})`}`;
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
