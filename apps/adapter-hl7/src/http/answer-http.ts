import type { Block, Peer, Receive } from '../mllp/block.js';
import type { WorkGate } from '../mllp/work-gate.js';
import type { ClientCertificate } from '../tls/client-certificate.js';

/** Name of the call (`Calls`) by which the HTTP edge hands a message to the adapter, on this thread or another. */
export const httpIntake = 'hl7v2';

/** What crosses to the adapter. */
export interface HttpIntakeRequest {
  readonly bytes: Uint8Array;
  readonly address: string;
  /** Canonical name of the set in the Content-Type; absent when it says none. */
  readonly charset?: string;
  /** Absent without TLS. */
  readonly certificate?: ClientCertificate;
}

/** What comes back: an HL7 answer, none because none is wanted, or none because the source is to get none. */
export type HttpIntakeAnswer =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array; readonly charset: string }
  | { readonly kind: 'silent' }
  | { readonly kind: 'closes' };

/** The receive path of MLLP, for one message that came over HTTP: same judgement, same durability, same answer. */
export function answerHttpWith({ receive, gate }: { readonly receive: Receive; readonly gate: WorkGate }) {
  return async (asked: unknown): Promise<HttpIntakeAnswer> => {
    const { bytes, address, charset, certificate } = asked as HttpIntakeRequest;
    const block: Block = { kind: 'message', bytes };
    const peer: Peer = {
      address,
      protocol: 'hl7v2-http',
      ...(charset !== undefined && { charset }),
      ...(certificate !== undefined && { certificate }),
    };
    const [reception = {}] = await gate.run(bytes.length, () => receive([block], peer));
    if (reception.closes === true) return { kind: 'closes' };
    if (reception.answer === undefined) return { kind: 'silent' };
    return { kind: 'answer', bytes: reception.answer, charset: reception.charset ?? 'ascii' };
  };
}
