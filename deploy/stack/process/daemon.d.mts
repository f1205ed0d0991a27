export interface DaemonOptions {
  readonly name: string;
  readonly directory: string;
  readonly command: () => { file: string; args: readonly string[]; environment?: Readonly<Record<string, string>> };
  readonly outlives?: boolean;
}

export class Daemon {
  constructor(options: DaemonOptions);
  readonly name: string;
  readonly logFile: string;
  pid(): number | undefined;
  start(): Promise<void>;
  ready(probe: () => Promise<void>, options?: { deadlineMs?: number }): Promise<void>;
  signal(name: NodeJS.Signals): boolean;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  stop(options?: { stopMs?: number }): Promise<void>;
}
