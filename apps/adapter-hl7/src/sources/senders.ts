import { Rejected, type SourceFact } from '@anamnesis/core';
import type { MessageHeader } from '@anamnesis/hl7v2';
import { type RegistrationClient, senderKey, type SourceRegistry } from '@anamnesis/runtime';
import type { AdapterMetrics } from '../adapter-metrics.js';
import type { Peer } from '../mllp/block.js';
import { type Refusal, reject } from '../intake/outcome.js';

/** Who says to have sent a message. */
export interface Sender {
  readonly facility: string;
  readonly application: string;
}

export interface SendersOptions {
  readonly registry: SourceRegistry;
  readonly registration: Pick<RegistrationClient, 'contact'>;
  readonly metrics: AdapterMetrics;
  /** After registration said no, it is not asked about the same sender before. */
  readonly retryMs: number;
  /** Senders not admitted that are remembered at one time. */
  readonly sizeMax: number;
}

/** MSH-4 and MSH-3. An empty MSH-4 is what MSH-3 says, an empty MSH-3 stays empty; undefined when both are. */
export function senderOf({ sendingFacility, sendingApplication }: MessageHeader): Sender | undefined {
  const facility = sendingFacility.namespaceId || sendingFacility.universalId;
  const application = sendingApplication.namespaceId || sendingApplication.universalId;
  if (facility === '' && application === '') return undefined;
  return { facility: facility || application, application };
}

/** From the name of a sender to its source: known, or made known by contact with registration. */
export class Senders {
  readonly #asking = new Map<string, Promise<SourceFact | Refusal>>();
  readonly #refused = new Map<string, { readonly refusal: Refusal; readonly atMs: number }>();

  constructor(private readonly options: SendersOptions) {}

  /** The source, or why there is none. Throws `Unavailable('registration')`. */
  async find(sender: Sender, peer: Peer): Promise<SourceFact | Refusal> {
    const source = this.options.registry.source(sender.facility, sender.application);
    if (source !== undefined) return source;
    const key = senderKey(sender.facility, sender.application);
    const refused = this.#refused.get(key);
    if (refused !== undefined && performance.now() - refused.atMs < this.options.retryMs) return refused.refusal;
    const asking = this.#asking.get(key);
    if (asking !== undefined) return asking;
    if (this.#asking.size + this.#refused.size >= this.options.sizeMax && !this.#makeRoom())
      return reject(207, 'the sender is unknown, and too many unknown senders are asked about');
    const asked = this.#ask(sender, peer).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asked);
    return asked;
  }

  async #ask(sender: Sender, { address, certificate }: Peer): Promise<SourceFact | Refusal> {
    const { registration, registry, metrics } = this.options;
    const bound = certificate === undefined ? {} : { certificate: certificate.fingerprint };
    try {
      const { state, source } = await registration.contact({ ...sender, address, ...bound });
      metrics.contacts.inc({ state });
      if (source !== undefined) {
        // Ahead of `registry.changed`, which brings the same fact.
        if (registry.source(sender.facility, sender.application) === undefined) registry.apply(source);
        return source;
      }
      return this.#refuse(sender, reject(207, 'the sender is unknown and waits for approval'));
    } catch (problem) {
      if (!(problem instanceof Rejected)) throw problem;
      metrics.contacts.inc({ state: 'refused' });
      return this.#refuse(sender, reject(207, 'the sender is unknown and cannot be registered'));
    }
  }

  #refuse({ facility, application }: Sender, refusal: Refusal): Refusal {
    this.#refused.set(senderKey(facility, application), { refusal, atMs: performance.now() });
    return refusal;
  }

  /** Forgets those that may be asked about again. */
  #makeRoom(): boolean {
    const nowMs = performance.now();
    for (const [key, { atMs }] of this.#refused) if (nowMs - atMs >= this.options.retryMs) this.#refused.delete(key);
    return this.#asking.size + this.#refused.size < this.options.sizeMax;
  }
}
