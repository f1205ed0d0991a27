import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { encodeFrame, FrameDecoder, MessageError, parseMessage, readHeader } from '@anamnesis/hl7v2';
import { connect, type Socket } from 'node:net';
import { splitMessages } from '../../apps/command-line/src/split-messages.js';
import { adt } from '../fixtures/messages.js';
import { eventually, type Standalone, startStandalone } from '../standalone.js';
import { everyRow } from '../every-row.js';

const corpus = join(process.env['CORPUS_DIR'] ?? '../shared/corpus', 'hl7v2');
const hasCorpus = existsSync(corpus);
if (!hasCorpus) console.warn('SKIPPED: public sample messages over MLLP, CORPUS_DIR/hl7v2 is not there');

const triesMax = 50;

interface Answer {
  readonly code: string;
  readonly controlId: string;
  readonly condition: string;
  readonly text: string;
}
/** Answers of one connection, in order. */
class Line {
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder({ frameBytesMax: 1024 * 1024 });
  readonly #answers: Answer[] = [];
  #wake: () => void = () => undefined;
  isClosed = false;

  constructor({ host, port }: { host: string; port: number }) {
    this.#socket = connect(port, host);
    this.#socket.on('data', (chunk) => {
      for (const event of this.#decoder.push(chunk)) if (event.kind === 'frame') this.#answers.push(read(event.bytes));
      this.#wake();
    });
    this.#socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Everything up to and with the answer to `controlId`. */
  async upTo(controlId: string): Promise<Answer[]> {
    for (;;) {
      const at = this.#answers.findIndex((answer) => answer.controlId === controlId);
      if (at >= 0) return this.#answers.splice(0, at + 1);
      if (this.isClosed) throw new Error('the connection was closed');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  end(): void {
    this.#socket.destroy();
  }
}

(hasCorpus ? describe : describe.skip)('public sample messages over MLLP', () => {
  let standalone: Standalone | undefined;
  afterEach(async () => {
    await standalone?.end('SIGKILL');
  });

  it('are each answered as prescribed, followed by an answer to the next, and found afterwards', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'anamnesis-corpus-'));
    const product = await startStandalone(directory);
    standalone = product;
    const line = new Line(product.sandbox.mllp);
    const table = new Map<string, number>();
    const positive = new Map<string, number>();
    const wrong: string[] = [];
    let [sent, sentAgain] = [0, 0];
    for (const file of filesBelow(corpus)) {
      for (const message of splitMessages(readFileSync(file))) {
        // The same good message after each: it must be answered whatever came before.
        const { answers, after, tries } = await sendWithNext(line, message, `NEXT-${sent++}`);
        sentAgain += tries - 1;
        if (after?.code !== 'AA') wrong.push(`${file}: the next frame got ${after?.code} ${after?.text}`);
        if (answers.length > 1) wrong.push(`${file}: ${answers.length} answers`);
        const [answer] = answers;
        const header = headerOf(message);
        const wanted = header?.wire?.controlId;
        if (!isPrescribed(header, answer)) wrong.push(`${file}: ${answer?.code ?? 'no answer'} is not prescribed`);
        if (answer !== undefined && wanted !== undefined && answer.controlId !== Buffer.from(wanted).toString('latin1'))
          wrong.push(`${file}: MSA-2 differs`);
        if (answer !== undefined && !/^[AC]A$/.test(answer.code) && answer.condition === '')
          wrong.push(`${file}: ${answer.code} without a reason`);
        const source = file.slice(corpus.length + 1).split('/')[0] ?? '';
        const outcome = answer === undefined ? 'none' : `${answer.code} ${answer.condition}`.trim();
        table.set(`${source}\t${outcome}`, (table.get(`${source}\t${outcome}`) ?? 0) + 1);
        if (answer !== undefined && /^[AC]A$/.test(answer.code))
          positive.set(answer.controlId, (positive.get(answer.controlId) ?? 0) + 1);
      }
    }
    line.end();
    const rows = await eventually(async () => {
      const all = await everyRow(product);
      expect(all.filter(({ state }) => state === 'certified')).toEqual([]);
      const known = new Set(all.filter(({ eventId }) => eventId !== null).map(({ controlId }) => controlId));
      expect([...positive.keys()].filter((controlId) => !known.has(controlId))).toEqual([]);
      return all;
    }, 180_000);
    const refused = new Map<string, number>();
    for (const row of rows.filter(({ state }) => state === 'refused')) {
      const key = `${row.eventId === null ? 'at intake' : 'by registration'}: ${row.reason ?? ''}`;
      refused.set(key, (refused.get(key) ?? 0) + 1);
    }
    const lines = [...table].sort().map(([key, count]) => `${key}\t${count}`);
    const reasons = [...refused].sort((a, b) => b[1] - a[1]).map(([key, count]) => `${count}\t${key}`);
    const report = process.env['CORPUS_REPORT'];
    if (report !== undefined) await writeFile(report, [...lines, '', ...reasons, ''].join('\n'));
    console.warn(`${sent} messages sent, ${sentAgain} of them again; ${total(table, ' none')}`);
    expect(sent).toBeGreaterThan(3000);
    expect(wrong).toEqual([]);
    expect((await product.end('SIGTERM')).code).toBe(0);
    await rm(directory, { recursive: true });
  }, 1_500_000);
});

/**
 * Sends a message and a good one behind it, without waiting. "Not now" makes the connection hold back the second one,
 * whether or not the first asked for an answer; both are then sent again, as an interface engine does.
 */
async function sendWithNext(line: Line, message: Uint8Array, controlId: string) {
  const next = adt({ controlId, number: 'NEXT' });
  for (let tries = 1; ; tries++) {
    line.write(encodeFrame(message));
    line.write(encodeFrame(next));
    const answers = await line.upTo(controlId);
    const after = answers.pop();
    if (after?.condition !== '207' || tries === triesMax) return { answers, after, tries };
    await sleep(200);
  }
}

function total(table: ReadonlyMap<string, number>, none: string): string {
  const byCode = new Map<string, number>();
  for (const [key, count] of table) {
    const code = (key.split('\t')[1] ?? none).split(' ')[0] ?? '';
    byCode.set(code, (byCode.get(code) ?? 0) + count);
  }
  return [...byCode].map(([code, count]) => `${code} ${count}`).join(', ');
}

/** As the listener reads it: where a message can be parsed, its first segment may span lines. */
function headerOf(message: Uint8Array): ReturnType<typeof readHeader> {
  try {
    return parseMessage(message).header;
  } catch (error) {
    if (error instanceof MessageError) return readHeader(message);
    throw error;
  }
}

/** hl7v2.md A2: what MSH-15 and MSH-16 ask for on this socket. */
function isPrescribed(header: ReturnType<typeof readHeader>, answer: Answer | undefined): boolean {
  const { acceptAck = '', applicationAck = '' } = header ?? {};
  // Outside table 0155: any one answer tells the sender more than silence.
  const known = ['', 'AL', 'NE', 'ER', 'SU'];
  if (!known.includes(acceptAck) || !known.includes(applicationAck)) return true;
  if (acceptAck === '' && applicationAck === '') return answer !== undefined && answer.code.startsWith('A');
  const isDone = answer?.code === 'CA';
  switch (acceptAck) {
    case 'AL':
      return answer !== undefined && answer.code.startsWith('C');
    case 'SU':
      return answer === undefined || isDone;
    case 'ER':
      return answer === undefined || (answer.code.startsWith('C') && !isDone);
    default:
      return answer === undefined;
  }
}

function read(bytes: Uint8Array): Answer {
  const message = parseMessage(bytes);
  const msa = message.first('MSA');
  const err = message.first('ERR');
  const old = err?.field(1).text(1, 4) ?? '';
  return {
    code: msa?.field(1).text() ?? '',
    controlId: Buffer.from(msa?.field(2).bytes ?? []).toString('latin1'),
    condition: err?.field(3).text() || old || err?.field(1).text(4) || '',
    text: err?.field(8).text() ?? msa?.field(3).text() ?? '',
  };
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return /\.(csv|md|txt\.licence)$/.test(path) ? [] : [path];
  return readdirSync(path)
    .sort()
    .flatMap((one) => filesBelow(join(path, one)));
}
