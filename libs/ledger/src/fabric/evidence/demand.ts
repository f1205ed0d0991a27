/** Why Fabric evidence does not hold. */
export type FabricMismatch =
  /** Made under another trust than the verifier's: another channel, other organisations, another configuration. */
  | 'untrusted-channel'
  /** The fingerprint is not that of the trust in the evidence. */
  | 'trust-fingerprint'
  /** Bytes that are no message of Fabric. */
  | 'unreadable-message'
  /** The block is not what the ordering service signed. */
  | 'block-signature'
  /** Another configuration of the channel was in force than the trust was taken from. */
  | 'other-configuration'
  /** The transaction is of another channel, chaincode, organisation or shape, or its client did not sign it. */
  | 'other-transaction'
  /** The transaction is not endorsed by a quorum of peers. */
  | 'not-endorsed'
  /** The transaction did not write this entry. */
  | 'not-written'
  /** A quorum does not confirm that this transaction is the one that counts. */
  | 'not-confirmed'
  /** Evidence of another entry than the caller's. */
  | 'other-entry';

/** Travels inside the verification only. */
export class EvidenceMismatch extends Error {
  override readonly name = 'EvidenceMismatch';

  constructor(
    readonly reason: FabricMismatch,
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${reason}: ${detail}`, options);
  }
}

/** `detail` never repeats what it was given. */
export function demand(isSo: boolean, reason: FabricMismatch, detail: string): asserts isSo {
  if (!isSo) throw new EvidenceMismatch(reason, detail);
}

/** Malformed bytes make the decoders throw all sorts of things: to a verifier it is one answer. */
export function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new EvidenceMismatch('unreadable-message', 'not a message of this type', { cause });
  }
}
