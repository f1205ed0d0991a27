import type { EventBus } from '@anamnesis/bus';
import { Unavailable } from '@anamnesis/core';
import type { Store } from '@anamnesis/store';
import type { CertificateAuthority } from './certificates/certificate-authority.js';
import { openIdentities, type SigningIdentity } from './certificates/open-identities.js';
import { findReplay } from './certify/refused-record.js';
import { RecordSecrets } from './certify/record-secrets.js';
import { RegistryCache } from './certify/registry-cache.js';
import type { RegistrationSettings } from './config.js';
import { findAssembled } from './fragments/sealed-fragments.js';
import { Relay } from './outbox/relay.js';
import { inTurn, type Turn } from './outbox/turn.js';

export interface RegistrationKeys {
  readonly deploymentKey: Uint8Array;
  readonly kek: Uint8Array;
}

export interface RegistrationOptions {
  readonly store: Store;
  readonly bus: EventBus;
  readonly keys: RegistrationKeys;
  readonly settings: RegistrationSettings;
}

/** What the functions of this app work with. Opened once per process. */
export class Registration {
  readonly relay: Relay;
  readonly cache = new RegistryCache();
  readonly secrets: RecordSecrets;

  private constructor(
    private readonly options: RegistrationOptions,
    readonly authority: CertificateAuthority,
    readonly signing: SigningIdentity,
  ) {
    this.secrets = new RecordSecrets(options.keys.kek);
    const { store, bus, keys } = options;
    // Of what was read before it was committed, as transactions that share a commit do.
    store.onUndone(() => {
      this.cache.forget();
    });
    this.relay = new Relay(store, bus, {
      'clinical.received': (eventId) => findReplay(store, keys.kek, eventId),
      'intake.assembled': (wholeId) => findAssembled(store, keys, wholeId),
    });
  }

  static async open(options: RegistrationOptions): Promise<Registration> {
    const { authority, signing } = await openIdentities(options.store, options.keys.kek);
    return new Registration(options, authority, signing);
  }

  get store(): Store {
    return this.options.store;
  }

  get bus(): EventBus {
    return this.options.bus;
  }

  get keys(): RegistrationKeys {
    return this.options.keys;
  }

  get settings(): RegistrationSettings {
    return this.options.settings;
  }

  /**
   * One change of the registry or the person index: committed with its announcements, and published before the caller
   * hears of it. When the bus is away the change stands all the same, and is published later.
   */
  async change<Result>(work: (turn: Turn) => Promise<Result>): Promise<Result> {
    const result = await inTurn(this.store, work, { isUrgent: true });
    try {
      await this.relay.flush();
    } catch (error) {
      // What waits in the outbox is not lost; the interval publishes it.
      if (!(error instanceof Unavailable)) throw error;
    }
    return result;
  }
}
