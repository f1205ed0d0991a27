import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CorpusTable } from './corpus-table.js';
import {
  type Answer,
  answerOf,
  faultOf,
  isAnswerSure,
  isPositive,
  isTemporary,
  type Reading,
  readingOf,
} from './corpus-verdict.js';
import { MllpClient, type MllpAddress } from './mllp-client.js';
import { readMessages } from './split-messages.js';

const deadlineMs = 30_000;
const faultsMax = 50;
const [attemptsMax, pauseMs] = [10, 2_000];

export interface CorpusRun {
  readonly table: CorpusTable;
  /** Messages that were not answered as prescribed; the first of them. */
  readonly faults: readonly string[];
  /** MSH-10 of everything answered positively. */
  readonly taken: ReadonlySet<string>;
}

/** Refused by its version, hence of no effect but a line in the record of refusals: its answer shows that nothing else comes. */
const fence = (n: number): Uint8Array =>
  Buffer.from(`MSH|^~\\&|CORPUS|CORPUS|||20260101000000+0000||ADT^A08|FENCE${n}|P|0\r`);

/** Sends every message of the folder over one connection, each when the one before is answered. */
export async function runCorpus(folder: string, address: MllpAddress, signal: AbortSignal): Promise<CorpusRun> {
  const run = { table: new CorpusTable(), faults: [] as string[], taken: new Set<string>() };
  const line = new Line(address);
  for (const file of filesBelow(folder))
    for await (const bytes of readMessages(file)) {
      if (signal.aborted) break;
      const reading = readingOf(bytes);
      const said = await askUntilSettled(line, { bytes, isSure: isAnswerSure(reading) });
      note(run, { name: relative(folder, file), reading, said });
    }
  line.close();
  return run;
}

/** As a sender does: what is answered "later" is sent again after a pause, so often and no more. */
async function askUntilSettled(
  line: Line,
  { bytes, isSure }: { readonly bytes: Uint8Array; readonly isSure: boolean },
): Promise<Said> {
  for (let attempt = 1; ; attempt++) {
    const said = await line.ask(bytes, isSure);
    if (said.answer === undefined || !isTemporary(said.answer) || attempt === attemptsMax) return said;
    await sleep(pauseMs);
  }
}

function note(
  { table, faults, taken }: { table: CorpusTable; faults: string[]; taken: Set<string> },
  { name, reading, said }: { readonly name: string; readonly reading: Reading; readonly said: Said },
): void {
  const [source = ''] = name.split(sep);
  table.note(source, reading, said);
  if (said.answer !== undefined && isPositive(said.answer.code)) taken.add(reading.header?.controlId ?? '');
  const fault = said.fault ?? faultOf(reading, said.answer);
  if (fault !== undefined && faults.length < faultsMax) faults.push(`${name}: ${fault}`);
}

interface Said {
  readonly answer: Answer | undefined;
  readonly ms: number;
  /** The connection or the message failed. */
  readonly fault?: string;
}

class Line {
  #client: MllpClient | undefined;
  #fences = 0;

  constructor(private readonly address: MllpAddress) {}

  async ask(message: Uint8Array, isSure: boolean): Promise<Said> {
    const startedAtMs = performance.now();
    const took = () => performance.now() - startedAtMs;
    try {
      const client = (this.#client ??= await MllpClient.connect(this.address));
      const answer = answerOf(await this.#exchange(client, message, isSure));
      if (isSure) return { answer, ms: took() };
      if (answer.controlId.startsWith('FENCE')) return { answer: undefined, ms: took() };
      await client.next(deadlineMs);
      return { answer, ms: took() };
    } catch (problem) {
      this.close();
      return { answer: undefined, ms: took(), fault: problem instanceof Error ? problem.message : 'unknown' };
    }
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  /** The first answer that comes: where none may come, a fence behind the message brings one. */
  #exchange(client: MllpClient, message: Uint8Array, isSure: boolean): Promise<Uint8Array> {
    const answered = client.send(message, deadlineMs);
    if (!isSure) client.write(framedFence(++this.#fences));
    return answered;
  }
}

function framedFence(n: number): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x0b), fence(n), Uint8Array.of(0x1c, 0x0d)]);
}

export function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return /\.(csv|md|json)$/i.test(path) ? [] : [path];
  return readdirSync(path)
    .sort()
    .flatMap((one) => filesBelow(join(path, one)));
}
