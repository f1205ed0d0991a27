/** Types of events that are looked at before the client reads them (MySQL Internals, "Binlog Event"). */
export const eventTypes = {
  rotate: 4,
  formatDescription: 15,
  heartbeat: 27,
  partialUpdateRows: 39,
  transactionPayload: 40,
  heartbeatV2: 41,
} as const;

/** Time, type, server, length, end in the file, flags. */
export const headerBytes = 19;
const [typeAt, lengthAt, endAt, flagsAt] = [4, 9, 13, 17];
const artificial = 0x20;

export interface EventHeader {
  readonly type: number;
  /** With this header and, where the file has them, the checksum. */
  readonly length: number;
  /** Where it ends in its file, the lower 32 bits; 0: it stands in none, or (MariaDB) in the middle of a transaction. */
  readonly end: number;
  /** Made for who reads, and in no file. */
  readonly isArtificial: boolean;
}

export function headerOf(event: Buffer): EventHeader {
  return {
    type: event[typeAt] ?? 0,
    length: event.readUInt32LE(lengthAt),
    end: event.readUInt32LE(endAt),
    isArtificial: (event.readUInt16LE(flagsAt) & artificial) !== 0,
  };
}

const checksumBytes = 4;

/** The same event with room for a checksum, as if its file had them. */
export function withChecksum(event: Buffer): Buffer {
  const longer = Buffer.concat([event, Buffer.alloc(checksumBytes)]);
  longer.writeUInt32LE(longer.length, lengthAt);
  return longer;
}
