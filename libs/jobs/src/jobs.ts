export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly payload: JsonValue;
  /** 1 at the first try; crashes count. */
  readonly attempt: number;
}

/** Resolves when the work is done. It may have been done before: a crash between the two repeats it. */
export type JobHandler = (job: Job) => Promise<void>;

export interface AddOptions {
  /** What makes two additions one job, within a name. Never patient data. No `@` in front: those are the port's own. */
  readonly id: string;
  /** Not before this; default at once. Long pauses of the process only make it later. */
  readonly notBefore?: Date;
}

export interface JobWorker {
  /** Settles when the worker has ended: resolves after `stop`, rejects with the defect of ours that ended it. */
  readonly done: Promise<void>;
  /** Resolves when the job in hand has ended. None is started after. */
  stop(): Promise<void>;
}

/** A job given up; it stays until one of its name and id is added again, or `failedKeptMax` later ones have failed. */
export interface FailedJob {
  readonly id: string;
  readonly name: string;
  readonly payload: JsonValue;
  readonly attempts: number;
  readonly failedAt: Date;
  /** Code and message of a `Rejected`, the error's name otherwise: a message of unknown origin may quote content. */
  readonly reason: string;
}

/**
 * Timed and one-off work; facts travel on the bus. Payloads carry references, never patient data. Every promise below
 * is checked by `jobs.conformance.ts` on every backend.
 */
export interface Jobs {
  /**
   * When it has resolved, the job survives the loss of this process and will be started, at least once. While a job of
   * this name and id has not been started, adding it again changes nothing. Once it has, this is another job: whoever
   * adds because there is new work can be sure that a run begins after. Throws `Unavailable`, or
   * `Rejected('record-too-large')` for a payload over `payloadBytesMax`.
   */
  add(name: string, payload: JsonValue, options: AddOptions): Promise<void>;

  /**
   * A job of its own that comes again, for good: once now, then `everyMs` after the start of the last one; never two at
   * a time. Survives restarts, which do not start it early. Asked again, the newer `everyMs` counts. Its jobs carry
   * `null`; one that fails for good ends nothing but itself.
   */
  every(name: string, options: { readonly everyMs: number }): Promise<void>;

  /**
   * Gives the jobs of a name to a handler, one at a time, the longest due first; those of one id in the order of their
   * adding. When it throws `Unavailable`: again after a back-off, for as long as it takes. When it throws `Rejected`:
   * failed. Anything else is a defect: `defectAttemptsMax` tries, then failed. After a crash: again. Jobs of a name
   * that nobody processes wait. Throws an `Error` when the name has a handler here.
   */
  process(name: string, handler: JobHandler): Promise<JobWorker>;

  /** What was given up, newest first: for an operator to see. Throws `Unavailable`. */
  failed(): Promise<readonly FailedJob[]>;

  /** Stops every worker, then lets go of the backend. Using it afterwards throws `Unavailable`. */
  close(): Promise<void>;
}

/** Told of each try that ended in a defect or a `Rejected`, and whether the job was given up. */
export type ReportJob = (report: {
  name: string;
  id: string;
  attempt: number;
  isFailed: boolean;
  error: unknown;
}) => void;

export interface JobLimits {
  readonly backOffMsMin: number;
  readonly backOffMsMax: number;
  /** Tries that end in a defect before the job is given up. */
  readonly defectAttemptsMax: number;
}

export const jobLimits: JobLimits = { backOffMsMin: 1000, backOffMsMax: 5 * 60_000, defectAttemptsMax: 5 };
export const payloadBytesMax = 64 * 1024;
export const failedKeptMax = 1000;
