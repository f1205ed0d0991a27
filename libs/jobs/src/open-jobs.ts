import type { BullJobsOptions } from './bull/bull-jobs.js';
import type { EmbeddedJobsOptions } from './embedded/embedded-jobs.js';
import type { Jobs } from './jobs.js';

export type JobsOptions =
  ({ readonly backend: 'embedded' } & EmbeddedJobsOptions) | ({ readonly backend: 'bull' } & BullJobsOptions);

/** Loaded when asked for and not before: a backend goes with its folder and its line here. */
const backends = {
  embedded: async () => (await import('./embedded/embedded-jobs.js')).openEmbeddedJobs,
  bull: async () => (await import('./bull/bull-jobs.js')).openBullJobs,
};

/** Opens the backend that the settings name, and no other in its place. */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  if (options.backend === 'embedded') return (await backends.embedded())(options);
  return (await backends.bull())(options);
}
