import type { IncomingMessage } from 'node:http';
import { type HttpException, PayloadTooLargeException, RequestTimeoutException } from '@nestjs/common';
import { Unavailable } from '@anamnesis/core';

export interface ReadBodyOptions {
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly budget: BodyBudget;
}

/** Bytes of bodies that are held at one time, over all requests. */
export class BodyBudget {
  #heldBytes = 0;

  constructor(private readonly limitBytes: number) {}

  /** Throws `Unavailable` when it is too much now. */
  take(bytes: number): void {
    if (this.#heldBytes + bytes > this.limitBytes) throw new Unavailable('hl7v2', 'too many requests at one time');
    this.#heldBytes += bytes;
  }

  release(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}

/** Chunks as they come: where their number of bytes was announced, into one piece of memory, which is never copied. */
class Body {
  readonly #chunks: Buffer[] = [];
  #room = Buffer.alloc(0);
  #at = 0;

  expect(length: number): void {
    if (length > 0) this.#room = Buffer.allocUnsafeSlow(length);
  }

  take(chunk: Buffer): void {
    if (this.#room.length === 0) this.#chunks.push(chunk);
    else this.#at += chunk.copy(this.#room, this.#at);
  }

  whole(): Buffer {
    return this.#room.length === 0 ? Buffer.concat(this.#chunks) : this.#room.subarray(0, this.#at);
  }
}

/**
 * The whole body. What was taken of the budget is the caller's to release, by the length; on a throw nothing is held, and
 * what still comes is read away, so that the sender gets our answer and not a reset.
 */
export async function readBody(request: IncomingMessage, options: ReadBodyOptions): Promise<Buffer> {
  const { bytesMax, timeoutMs, budget } = options;
  const body = new Body();
  let heldBytes = 0;
  const take = (chunk: Buffer): void => {
    if (heldBytes + chunk.length > bytesMax) throw tooLarge(bytesMax);
    budget.take(chunk.length);
    heldBytes += chunk.length;
    body.take(chunk);
  };
  try {
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > bytesMax) throw tooLarge(bytesMax);
    body.expect(length);
    await arrived(request, { take, timeoutMs });
    return body.whole();
  } catch (problem) {
    budget.release(heldBytes);
    request.removeAllListeners('data').resume();
    throw problem;
  }
}

function arrived(
  request: IncomingMessage,
  { take, timeoutMs }: { readonly take: (chunk: Buffer) => void; readonly timeoutMs: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = () => {
      reject(new RequestTimeoutException('the body did not arrive'));
    };
    const timer = setTimeout(late, timeoutMs);
    request.on('data', (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (problem) {
        clearTimeout(timer);
        reject(problem instanceof Error ? problem : new TypeError('not an error'));
      }
    });
    request.once('end', resolve).once('close', late);
    request.once('end', () => {
      clearTimeout(timer);
    });
  });
}

function tooLarge(bytesMax: number): HttpException {
  return new PayloadTooLargeException(`more than ${bytesMax} bytes`);
}
