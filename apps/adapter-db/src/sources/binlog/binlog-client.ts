import ZongJi from '@vlasky/zongji';
import type { ConnectionOptions } from 'mysql2';

/** Event types and places in a packet (MySQL Internals, "Binlog Event"): 4 bytes of packet header, a status byte, the event. */
const rotate = 4;
const formatDescription = 15;
const headerBytes = 19;
const postHeaderLengthsAt = 57;

/**
 * So long the server waits for a reader that has enough rows before it gives the connection up. Of its own accord 60 s: less
 * than a large transaction may take to be told, which would then be read from its beginning again and again.
 */
const writeTimeoutSeconds = 3600;

interface Packet {
  readonly buffer: Buffer;
  readonly start: number;
  readonly end: number;
}

/** What 0.9.0 of the client, which is pinned, has beside its documented parts. */
interface Insides {
  readonly BinlogClass: {
    readonly prototype: { binlogData: (this: unknown, packet: Packet, connection: unknown) => unknown };
  };
  readonly connection: { query(sql: string, done: () => void): void } | null;
}

/**
 * The client of the log with two corrections. It asks once whether events carry a checksum, and after a change of the
 * server's setting takes checksums for rows or rows for checksums: here each file's own format event says it. And the
 * server sends heartbeats, so that silence means that the connection is dead.
 */
export class BinlogClient extends ZongJi {
  /** That events come from now. */
  file = '';

  constructor(connection: ConnectionOptions, heartbeatMs: number) {
    super(connection);
    this.on('ready', () => {
      this.#insides.connection?.query(
        `SET @master_binlog_checksum = 'CRC32', @master_heartbeat_period = ${heartbeatMs * 1_000_000},
          SESSION net_write_timeout = ${writeTimeoutSeconds}`,
        () => undefined,
      );
      this.useChecksum = true; // as just announced, until a format event says otherwise
      this.#watchPackets();
    });
  }

  get #insides(): Insides {
    return this as unknown as Insides;
  }

  #watchPackets(): void {
    const { prototype } = this.#insides.BinlogClass;
    const read = (packet: Packet) => {
      this.#look(packet);
    };
    const original = prototype.binlogData;
    prototype.binlogData = function (packet, connection) {
      read(packet);
      return original.call(this, packet, connection);
    };
  }

  #look({ buffer, start, end }: Packet): void {
    const statusAt = start + 4;
    if (buffer[statusAt] !== 0) return;
    const type = buffer[statusAt + 5];
    const body = buffer.subarray(statusAt + 1 + headerBytes, end);
    if (type === rotate) this.file = fileNameOf(body.subarray(8).toString('latin1'));
    if (type !== formatDescription) return;
    const own = postHeaderLengthsAt + formatDescription - 1;
    // Its own length among the lengths of all types is where the algorithm byte stands: 1 = CRC32.
    const algorithmAt = body[own] ?? 0;
    this.useChecksum = body.length > algorithmAt && body[algorithmAt] === 1;
  }
}

/** The event has no length of the name, and may have a checksum behind it. */
function fileNameOf(name: string): string {
  return /^.*?\.\d{6}/s.exec(name)?.[0] ?? name;
}
