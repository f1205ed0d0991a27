/** What lacks is said in `missing`, with what to do about it. */
export function findFabric(): { readonly bin: string } | { readonly missing: string };

export interface FabricOptions {
  /** Where the network lives; made when missing. One network a directory. */
  readonly directory: string;
  /** 3 unless said otherwise. Ignored for a network that exists. */
  readonly orderers?: number;
  /** First of the network's ports; a free block unless said. Ignored for a network that exists. */
  readonly basePort?: number;
  /** Folder of Fabric's commands; FABRIC_BIN or PATH unless said. */
  readonly fabricBin?: string;
  /** Facilities whose batches go out under an organisation's identity, for `organisationsFile`. */
  readonly facilities?: Readonly<Record<string, readonly string[]>>;
  /** Is told one line a step. */
  readonly log?: (line: string) => void;
}

export interface FabricDescription {
  readonly chaincode: string;
  readonly orderers: number;
  readonly basePort: number;
  /** Members of each channel. */
  readonly channels: Readonly<Record<string, readonly string[]>>;
  readonly organisations: Readonly<
    Record<
      string,
      {
        readonly mspId: string;
        readonly peer: string;
        readonly tlsRoot: string;
        readonly users: string;
        readonly domain: string;
      }
    >
  >;
  /** Ports of /healthz and /metrics, by process. */
  readonly operations: Readonly<Record<string, number>>;
}

export interface FabricNetwork {
  readonly directory: string;
  /** Read anew after `join` and `leave`. */
  readonly description: FabricDescription;
  /** For FABRIC_ORGANISATIONS_FILE. */
  readonly organisationsFile: string;
  names(): string[];
  pid(name: string): number | undefined;
  /** Resident memory in MB. */
  memory(name: string): number;
  /** SIGKILL; resolves when the process is gone. */
  kill(name: string): Promise<void>;
  /** Resolves when the process serves again. */
  start(name: string): Promise<void>;
  pause(name: string): void;
  resume(name: string): void;
  /** Resolves when every member of every channel can anchor. */
  ready(): Promise<void>;
  /** The channel's current configuration block, fetched anew; that of the start is in `<directory>/<channel>.config.block`. */
  configBlock(channel: string): Promise<Buffer>;
  /** A hospital joins a channel; a new one gets identities, a peer and chaincode. Resolves when its endorsement counts. */
  join(organisation: string, channel: string): Promise<void>;
  leave(organisation: string, channel: string): Promise<void>;
  /** Output of `peer …` as an organisation's administrator at its own peer. */
  asAdmin(organisation: string, ...peerArguments: readonly string[]): Promise<string>;
  identity(
    organisation: string,
    user?: 'User1' | 'Admin',
  ): { readonly mspId: string; readonly certificateFile: string; readonly keyFile: string };
  /** Ends every process. The data stays, for another `startFabric`. */
  stop(): Promise<void>;
}

/**
 * Resolves when every member of every channel can anchor. An earlier network in `directory` is started on its data; one
 * that never came up is made anew. What runs outlives the calling process until `stop`.
 */
export function startFabric(options: FabricOptions): Promise<FabricNetwork>;
