export interface ServiceProcessOptions {
  readonly name: string;
  /** Of node. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Where its pid is noted. */
  readonly directory: string;
  /** Told of each line it writes, and of what happens to it. */
  readonly say: (line: string) => void;
}

export class ServiceProcess {
  constructor(options: ServiceProcessOptions);
  readonly name: string;
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  removeRemains(): Promise<void>;
  start(): void;
  stop(): Promise<number | string | null>;
  killNow(): void;
}
