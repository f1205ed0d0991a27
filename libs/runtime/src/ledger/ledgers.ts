import type { Ledger } from '@anamnesis/ledger';

/** A ledger, and whose batches it takes. */
export interface OrganisationLedger {
  /** Empty where the ledger knows no organisations. */
  readonly organisation: string;
  /** The name under which the ledger knows it (MSP id), where it knows names. */
  readonly nameOnLedger?: string;
  /** Whose events its batches hold. */
  readonly facilities: readonly string[];
  /** Takes the events of every facility that no other organisation names. Exactly one does. */
  readonly isDefault: boolean;
  readonly ledger: Ledger;
}

/**
 * The ledgers that this process anchors on, one per organisation: the batches of an organisation's facilities go on the
 * ledger under its own identity, so that its name stands under its own records alone.
 */
export class Ledgers {
  readonly #byOrganisation: ReadonlyMap<string, OrganisationLedger>;
  readonly #organisationByFacility: ReadonlyMap<string, string>;
  readonly #default: string;

  /** Throws on names given twice, and unless exactly one is the default. */
  constructor(ledgers: readonly OrganisationLedger[]) {
    const facilities = ledgers.flatMap((one) =>
      one.facilities.map((facility) => [facility, one.organisation] as const),
    );
    this.#byOrganisation = new Map(ledgers.map((one) => [one.organisation, one]));
    this.#organisationByFacility = new Map(facilities);
    const [first, ...others] = ledgers.filter(({ isDefault }) => isDefault);
    if (this.#byOrganisation.size < ledgers.length) throw new Error('an organisation is named twice');
    if (this.#organisationByFacility.size < facilities.length) throw new Error('a facility is in two organisations');
    if (first === undefined || others.length > 0) throw new Error('exactly one organisation has to be the default');
    this.#default = first.organisation;
  }

  get organisations(): readonly string[] {
    return [...this.#byOrganisation.keys()];
  }

  /** Under whose identity events of this facility are anchored. */
  organisationOf(facility: string): string {
    return this.#organisationByFacility.get(facility) ?? this.#default;
  }

  /** Throws for an organisation that has no ledger here. */
  of(organisation: string): Ledger {
    const found = this.#byOrganisation.get(organisation);
    if (found === undefined) throw new Error(`no ledger for the organisation ${organisation}`);
    return found.ledger;
  }

  /** Throws where the ledger knows no names. */
  nameOnLedger(organisation: string): string {
    const name = this.#byOrganisation.get(organisation)?.nameOnLedger;
    if (name === undefined) throw new Error(`the ledger has no name for the organisation ${organisation}`);
    return name;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byOrganisation.values()].map(({ ledger }) => ledger.close()));
  }
}
