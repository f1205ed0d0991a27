import type { BusRecord } from '@anamnesis/bus';
import { type EventSigner, type ReceivedEvent, signedBytes, signTogether } from '@anamnesis/core';
import type { UnsignedEvent } from './compose-events.js';

/** The events of a message that is to be published. */
export interface UnsignedMessage {
  readonly events: readonly UnsignedEvent[];
  /** The message as it travels: the body of each of its records. */
  readonly body: Uint8Array;
  /** Of its source. */
  readonly identity: EventSigner;
}

interface Waiting {
  readonly message: UnsignedMessage;
  readonly resolve: (records: readonly BusRecord[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** So many share a signature, which is then a small part of what an event costs; more would only wait for each other. */
const eventsTogether = 8;

/**
 * Signs what is read of a source in one turn of the event loop together, by whichever connection it came. Who is alone in
 * its turn is signed alone and waits for nobody; of many nobody waits for more than a few.
 */
export class MessageSigning {
  /** By the serial number of the certificate. */
  readonly #waiting = new Map<string, Waiting[]>();

  /** The message's events as records for `clinical.received`, in message order. */
  sign(message: UnsignedMessage): Promise<readonly BusRecord[]> {
    const { certificateSerial } = message.identity;
    return new Promise((resolve, reject) => {
      const together = this.#waiting.get(certificateSerial) ?? this.#gather(certificateSerial);
      together.push({ message, resolve, reject });
      const events = together.reduce((sum, { message: { events } }) => sum + events.length, 0);
      if (events >= eventsTogether) this.#signNow(certificateSerial, together);
    });
  }

  #gather(certificateSerial: string): Waiting[] {
    const together: Waiting[] = [];
    this.#waiting.set(certificateSerial, together);
    setImmediate(() => {
      if (this.#waiting.get(certificateSerial) === together) this.#signNow(certificateSerial, together);
    });
    return together;
  }

  #signNow(certificateSerial: string, together: readonly Waiting[]): void {
    this.#waiting.delete(certificateSerial);
    try {
      const records = recordsOf(together);
      together.forEach(({ resolve }, at) => {
        resolve(records[at] ?? []);
      });
    } catch (defect) {
      for (const { reject } of together) reject(defect);
    }
  }
}

/** By message. */
function recordsOf(together: readonly Waiting[]): readonly (readonly BusRecord[])[] {
  const [first] = together;
  if (first === undefined) return [];
  const signed = together.flatMap(({ message }) => message.events.map(({ header }) => signedBytes(header)));
  const signatures = signTogether(signed, first.message.identity).values();
  return together.map(({ message: { events, body } }) =>
    events.map(({ key, header, resources }) => {
      const { value: signature } = signatures.next();
      if (signature === undefined) throw new Error('an event has no signature');
      return { key, header: { ...header, signature, resources } satisfies ReceivedEvent, body };
    }),
  );
}
