import { connect, type Socket } from 'node:net';
import { FrameDecoder, MessageError, parseMessage } from '@anamnesis/hl7v2';
import { frameAnswer } from '../mllp/frame-answer.js';

const answerBytesMax = 1024 * 1024;

/** One connection of ours to a listener, made when it is needed, and one exchange on it at a time. */
export class Exchange {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;

  /** `host:port`, an IPv6 host in brackets. */
  constructor(
    address: string,
    private readonly timeoutMs: number,
  ) {
    const at = address.lastIndexOf(':');
    this.#host = address.slice(0, at).replace(/^\[|\]$/g, '');
    this.#port = Number(address.slice(at + 1));
  }

  /**
   * MSA-1 of the answer whose MSA-2 is our control id (A8). Undefined when none came in time, another one came, or the
   * connection failed: then it is closed, so that a late answer is not taken for that of the next message.
   */
  async ask(message: Uint8Array, controlId: string): Promise<string | undefined> {
    const socket = (this.#socket ??= this.#open());
    const answer = await this.#answer(socket, message);
    const said = answer === undefined ? undefined : msaOf(answer);
    if (said?.controlId === controlId) return said.code;
    this.close();
    return undefined;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
    });
    return socket;
  }

  #answer(socket: Socket, message: Uint8Array): Promise<Uint8Array | undefined> {
    const decoder = new FrameDecoder({ frameBytesMax: answerBytesMax });
    return new Promise((resolve) => {
      const end = (answer?: Uint8Array): void => {
        clearTimeout(timer);
        socket.removeAllListeners('data').off('close', failed);
        resolve(answer);
      };
      const failed = (): void => {
        end();
      };
      const timer = setTimeout(failed, this.timeoutMs);
      socket.once('close', failed);
      socket.on('data', (chunk) => {
        for (const item of decoder.push(chunk)) if (item.kind === 'frame') end(item.bytes);
      });
      socket.write(frameAnswer(message));
    });
  }
}

function msaOf(answer: Uint8Array): { readonly code: string; readonly controlId: string } | undefined {
  try {
    const msa = parseMessage(answer).first('MSA');
    return msa === undefined ? undefined : { code: msa.field(1).text(), controlId: msa.field(2).text() };
  } catch (problem) {
    if (problem instanceof MessageError) return undefined;
    throw problem;
  }
}
