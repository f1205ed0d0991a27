import type { Log } from './progress.mjs';

/** What a Java program that writes Access files is started with. */
export interface Jackcess {
  readonly java: string;
  readonly classPath: string;
}

export interface JackcessOptions {
  /** What is fetched once; default `.cache` in the repository. */
  readonly cacheDirectory?: string;
  readonly log?: Log;
}

/** Throws `MissingToolchain` where there is no Java or Maven cannot fetch the jars. */
export function provisionJackcess(options?: JackcessOptions): Promise<Jackcess>;
