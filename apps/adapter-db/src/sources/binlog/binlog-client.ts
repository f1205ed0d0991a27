import ZongJi from '@vlasky/zongji';
import type { ConnectionOptions } from 'mysql2';
import { LogCursor } from './log-cursor.js';
import { eventTypes, headerBytes, headerOf, withChecksum } from './log-event.js';
import { unpackTransaction } from './transaction-payload.js';

/** Before the event in a packet: four bytes of packet header and a status byte. */
const statusAt = 4;
const postHeaderLengthsAt = 57;
const checksumBytes = 4;
const tableIdBytes = 6;

/**
 * So long the server waits for a reader that has enough rows before it gives the connection up. Of its own accord 60 s: less
 * than a large transaction may take to be told, which would then be read from its beginning again and again.
 */
const writeTimeoutSeconds = 3600;

interface Packet {
  readonly buffer: Buffer;
  readonly start: number;
  readonly offset: number;
  readonly end: number;
  isEOF(): boolean;
  isError(): boolean;
}

type Read = (this: unknown, packet: Packet, connection: unknown) => unknown;

/** What 0.9.0 of the client, which is pinned, has beside its documented parts. */
interface Insides {
  readonly BinlogClass: { readonly prototype: { binlogData: Read } };
  readonly connection: { query(sql: string, done: () => void): void } | null;
  readonly tableMap: Readonly<Record<number, { readonly tableName: string } | undefined>>;
}

export interface BinlogClientOptions {
  readonly heartbeatMs: number;
  /** Where it begins; by GTIDs another file may come first. */
  readonly from: { readonly file: string; readonly offset: number };
  /** Told of what comes next in the log and cannot be had from it. */
  readonly unread: (what: Unread) => void;
}

/** Rows that are in the log and cannot be had from it. */
export type Unread = 'partial-row-image' | 'transaction-too-large';

/**
 * The client of the log with four corrections. It asks once whether events carry a checksum, and after a change of the
 * server's setting takes checksums for rows or rows for checksums: here each file's own format event says it, and events
 * without one get one. The server sends heartbeats, so that silence means that the connection is dead. Compressed
 * transactions are unpacked. What cannot be read is told and not passed over.
 */
export class BinlogClient extends ZongJi {
  readonly cursor: LogCursor;
  readonly #unread: (what: Unread) => void;
  #hasChecksums = true;

  constructor(connection: ConnectionOptions, { heartbeatMs, from, unread }: BinlogClientOptions) {
    super(connection);
    this.#unread = unread;
    this.cursor = new LogCursor(from);
    this.on('ready', () => {
      this.#insides.connection?.query(
        `SET @master_binlog_checksum = 'CRC32', @source_binlog_checksum = 'CRC32',
          @master_heartbeat_period = ${heartbeatMs * 1_000_000}, @source_heartbeat_period = ${heartbeatMs * 1_000_000},
          SESSION net_write_timeout = ${writeTimeoutSeconds}`,
        () => undefined,
      );
      this.#watchPackets();
    });
  }

  /** Its own way of asking whether there are checksums: there always are. */
  _isChecksumEnabled(next: (problem: null, isEnabled: boolean) => void): void {
    next(null, true);
  }

  get #insides(): Insides {
    return this as unknown as Insides;
  }

  #watchPackets(): void {
    const { prototype } = this.#insides.BinlogClass;
    const original = prototype.binlogData;
    const take = (packet: Packet, read: (packet: Packet) => unknown) => this.#take(packet, read);
    prototype.binlogData = function (packet, connection) {
      const next = take(packet, (one) => original.call(this, one, connection));
      return next === undefined ? prototype.binlogData : next;
    };
  }

  /** What `read` makes of the packet; undefined where it was not for it. */
  #take(packet: Packet, read: (packet: Packet) => unknown): unknown {
    const { buffer, start, end } = packet;
    if (buffer[start + statusAt] !== 0) return read(packet);
    const event = buffer.subarray(start + statusAt + 1, end);
    this.cursor.see(event);
    const { type } = headerOf(event);
    if (type === eventTypes.formatDescription) this.#hasChecksums = tellsChecksums(event);
    if (type === eventTypes.partialUpdateRows) {
      this.#tellPartial(event);
      return;
    }
    if (type === eventTypes.transactionPayload) {
      this.#unpack(event, read);
      return;
    }
    return read(this.#hasChecksums ? packet : packetOf(withChecksum(event)));
  }

  #unpack(event: Buffer, read: (packet: Packet) => unknown): undefined {
    try {
      const body = event.subarray(headerBytes, this.#hasChecksums ? -checksumBytes : undefined);
      const events = unpackTransaction(body);
      if (events === undefined) this.#unread('transaction-too-large');
      for (const one of events ?? []) {
        if (headerOf(one).type === eventTypes.partialUpdateRows) this.#tellPartial(one);
        else read(packetOf(withChecksum(one)));
      }
    } catch (problem) {
      this.emit('error', problem);
    }
  }

  /** MySQL's `binlog_row_value_options = PARTIAL_JSON` of one connection. */
  #tellPartial(event: Buffer): undefined {
    const table = this.#insides.tableMap[event.readUIntLE(headerBytes, tableIdBytes)];
    if (table !== undefined) this.#unread('partial-row-image');
  }
}

/** Its own length among the lengths of all types is where the algorithm byte stands: 1 = CRC32. */
function tellsChecksums(formatDescription: Buffer): boolean {
  const body = formatDescription.subarray(headerBytes);
  const algorithmAt = body[postHeaderLengthsAt + eventTypes.formatDescription - 1] ?? 0;
  return body.length > algorithmAt && body[algorithmAt] === 1;
}

/** Of an event that stands in no packet of the server's. */
function packetOf(event: Buffer): Packet {
  const buffer = Buffer.concat([Buffer.alloc(statusAt + 1), event]);
  const no = () => false;
  return { buffer, start: 0, offset: statusAt, end: buffer.length, isEOF: no, isError: no };
}
