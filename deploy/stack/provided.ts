import { MissingToolchain } from './process/toolchain.mjs';

/**
 * The started service; `undefined`, said in capitals, where this machine cannot provide it. On a build machine a
 * missing one is a failure.
 */
export async function provided<Service>(start: () => Promise<Service>): Promise<Service | undefined> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof MissingToolchain) || process.env['CI'] === 'true') throw error;
    process.stderr.write(`SKIPPED: ${error.message}\n`);
    return undefined;
  }
}
