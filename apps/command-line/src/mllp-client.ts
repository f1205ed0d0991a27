import { connect, type Socket } from 'node:net';
import { encodeFrame, FrameDecoder } from '@anamnesis/hl7v2';

const answerBytesMax = 1024 * 1024;

export interface MllpAddress {
  readonly host: string;
  readonly port: number;
}

interface Waiting {
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One MLLP connection as a sending system keeps it: frames out, answers back in the order of the frames. Several may be
 * under way at a time.
 */
export class MllpClient {
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder({ frameBytesMax: answerBytesMax });
  readonly #waiting: Waiting[] = [];
  /** Answers that nobody waited for when they came. */
  readonly #unclaimed: Uint8Array[] = [];
  #ended: Error | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#read(chunk);
    });
    socket.on('error', (error) => {
      this.#end(error);
    });
    socket.on('close', () => {
      this.#end(new Error('the connection was closed'));
    });
  }

  static connect(address: MllpAddress): Promise<MllpClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(address.port, address.host);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new MllpClient(socket));
      });
    });
  }

  /** Resolves with the answer's bytes. Rejects when the connection ends first, or at the deadline, which ends it too. */
  send(message: Uint8Array, deadlineMs = 30_000): Promise<Uint8Array> {
    const frame = encodeFrame(message);
    this.#unclaimed.length = 0;
    const answered = this.#await(deadlineMs);
    if (this.#ended === undefined) this.#socket.write(frame);
    return answered;
  }

  /** The next answer, to what has been written already; it may have come. */
  next(deadlineMs = 30_000): Promise<Uint8Array> {
    const come = this.#unclaimed.shift();
    return come === undefined ? this.#await(deadlineMs) : Promise.resolve(come);
  }

  /** Sends bytes as they are, and waits for nothing. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  close(): void {
    this.#end(new Error('the connection was closed'));
  }

  #await(deadlineMs: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended);
        return;
      }
      // A late answer would be taken for that of the next frame (hl7v2.md A8): the connection goes with it.
      const timer = setTimeout(() => {
        this.#end(new Error(`no answer in ${deadlineMs} ms`));
      }, deadlineMs);
      const settled = () => {
        clearTimeout(timer);
      };
      this.#waiting.push({
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
    });
  }

  #read(chunk: Uint8Array): void {
    for (const event of this.#decoder.push(chunk)) {
      if (event.kind !== 'frame') continue;
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#unclaimed.push(event.bytes);
      else waiting.resolve(event.bytes);
    }
  }

  #end(error: Error): void {
    this.#ended ??= error;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
