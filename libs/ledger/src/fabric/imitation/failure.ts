import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';

/** An answer of the gateway that is an error; `detail` is what a peer said, as the gateway passes it on. */
export class Failure extends Error {
  constructor(
    readonly code: status,
    message: string,
    readonly detail?: string,
  ) {
    super(message);
  }
}

export function statusOf(error: unknown): Partial<StatusObject> {
  if (!(error instanceof Failure)) return { code: status.INTERNAL, details: String(error) };
  const metadata = new Metadata();
  if (error.detail !== undefined) {
    const detail = new gateway.ErrorDetail();
    detail.setMessage(error.detail);
    // google.rpc.Status { details = 3: google.protobuf.Any { value = 2 } }
    metadata.set('grpc-status-details-bin', field(3, field(2, Buffer.from(detail.serializeBinary()))));
  }
  return { code: error.code, details: error.message, metadata };
}

/** A length-delimited field of a protocol buffer. */
function field(number: number, body: Buffer): Buffer {
  const length = [];
  let rest = body.length;
  for (; rest > 0x7f; rest >>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.of((number << 3) | 2, ...length, rest), body]);
}
