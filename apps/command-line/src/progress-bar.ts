const width = 30;
const redrawMs = 200;

/** How far a long run is, on one line of a terminal that is rewritten; silent where there is none. */
export class ProgressBar {
  #drawnAtMs = -Infinity;
  readonly #startedAtMs = performance.now();

  constructor(
    private readonly totalBytes: number,
    private readonly terminal: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
  ) {}

  /** `doneBytes` of the total, `count` messages so far. */
  show(doneBytes: number, count: number): void {
    const nowMs = performance.now();
    if (!this.terminal.isTTY || nowMs - this.#drawnAtMs < redrawMs) return;
    this.#drawnAtMs = nowMs;
    const share = this.totalBytes === 0 ? 1 : Math.min(1, doneBytes / this.totalBytes);
    const bar = '#'.repeat(Math.round(share * width)).padEnd(width, '.');
    const perSecond = Math.round((count / (nowMs - this.#startedAtMs + 1)) * 1000);
    this.terminal.write(`\r[${bar}] ${Math.floor(share * 100)} %  ${count} messages  ${perSecond}/s  `);
  }

  /** Takes the line away, for what is written next. */
  clear(): void {
    if (this.terminal.isTTY) this.terminal.write(`\r${' '.repeat(width + 50)}\r`);
  }
}
