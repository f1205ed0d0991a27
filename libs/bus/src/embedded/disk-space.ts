import { statfsSync } from 'node:fs';

const lookAgainMs = 1000;

/** Whether the disk under a directory has little left; asks the system at most once a second. */
export class DiskSpace {
  #askedAtMs = -Infinity;
  #isNearlyFull = false;

  constructor(
    private readonly directory: string,
    private readonly freeBytesMin: number,
  ) {}

  get isNearlyFull(): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#askedAtMs >= lookAgainMs) {
      const { bavail, bsize } = statfsSync(this.directory);
      this.#isNearlyFull = bavail * bsize < this.freeBytesMin;
      this.#askedAtMs = nowMs;
    }
    return this.#isNearlyFull;
  }
}
