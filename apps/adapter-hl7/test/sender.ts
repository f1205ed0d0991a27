import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { FrameDecoder } from '@anamnesis/hl7v2';
import { until } from './until.js';

/** A hospital system at the other end of a real connection. */
export class Sender {
  readonly answers: string[] = [];
  /** The same, as the bytes they came in. */
  readonly answerBytes: Uint8Array[] = [];
  readonly #decoder = new FrameDecoder({ frameBytesMax: 1024 * 1024 });
  #isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      for (const event of this.#decoder.push(chunk))
        if (event.kind === 'frame') {
          this.answers.push(Buffer.from(event.bytes).toString('utf8'));
          this.answerBytes.push(event.bytes);
        }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => (this.#isClosed = true));
  }

  static async connect(port: number): Promise<Sender> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const sender = new Sender(socket);
    await once(socket, 'connect');
    return sender;
  }

  /** Over TLS, with a certificate of its own if one is given. Rejects when the handshake fails. */
  static async connectTls(port: number, options: ConnectionOptions): Promise<Sender> {
    const socket = connectTls({ port, host: '127.0.0.1', ...options });
    const sender = new Sender(socket);
    await once(socket, 'secureConnect');
    return sender;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(...messages: readonly (string | Uint8Array)[]): void {
    this.socket.write(Buffer.concat(messages.map((one) => framed(one))));
  }

  /** One message; its answer. */
  async ask(message: string | Uint8Array): Promise<string> {
    const count = this.answers.length;
    this.send(message);
    const [answer = ''] = (await this.answered(count + 1)).slice(count);
    return answer;
  }

  async answered(count: number): Promise<readonly string[]> {
    await until(() => this.answers.length >= count || this.#isClosed);
    if (this.answers.length < count) throw new Error(`closed after ${this.answers.length} of ${count} answers`);
    return this.answers;
  }

  async closed(): Promise<void> {
    await until(() => this.#isClosed);
  }

  end(): void {
    this.socket.destroy();
  }
}

/** In a block, whatever it contains. */
export function framed(message: string | Uint8Array): Uint8Array {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message;
  const end = bytes.at(-1) === 0x0d ? [] : [0x0d];
  return Buffer.concat([Uint8Array.of(0x0b), bytes, Uint8Array.from([...end, 0x1c, 0x0d])]);
}

/** MSA-1, MSA-2 of an answer. */
export function msa(answer: string): { readonly code: string; readonly controlId: string } {
  const [, code = '', controlId = ''] = /\rMSA\|([^|\r]*)\|?([^|\r]*)/.exec(answer) ?? [];
  return { code, controlId };
}
