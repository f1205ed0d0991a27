import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { provisionJackcess } from '../../../deploy/stack/jackcess.mjs';
import { provided } from '../../../deploy/stack/provided.js';

const program = join(import.meta.dirname, 'AccessWriter.java');

/** The hospital's program: one Java process that writes Access files on command (`AccessWriter.java`). */
export class AccessWriter {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#answers = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  /** Undefined, said in capitals, where there is no Java or Maven. */
  static start(): Promise<AccessWriter | undefined> {
    return provided(async () => {
      const { java, classPath } = await provisionJackcess();
      return new AccessWriter(spawn(java, ['-cp', classPath, program]));
    });
  }

  /** Resolves when it is done. */
  async tell(...words: readonly (string | number)[]): Promise<void> {
    this.#process.stdin.write(`${words.join('\t')}\n`);
    const { value } = (await this.#answers.next()) as { value: string | undefined };
    if (value !== 'done') throw new Error(`the writer answered ${value ?? 'nothing'}`);
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    this.#process.kill();
    await ended;
  }
}
