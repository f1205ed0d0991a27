import type { JobLimits, Jobs, ReportJob } from './jobs.js';

export interface JobsOptions {
  readonly backend: 'embedded';
  /** Directory of the embedded job table. */
  readonly directory: string;
  readonly report: ReportJob;
  /** Default `jobLimits`. */
  readonly limits?: JobLimits;
}

type Open = (options: JobsOptions) => Promise<Jobs>;

/** Loaded when asked for and not before: a backend goes with its folder and its line here. */
const backends: Readonly<Record<JobsOptions['backend'], () => Promise<Open>>> = {
  embedded: async () => (await import('./embedded/embedded-jobs.js')).openEmbeddedJobs,
};

/** Opens the backend that the settings name, and no other in its place. */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const open = await backends[options.backend]();
  return open(options);
}
