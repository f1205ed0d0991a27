/**
 * The last transaction of each replication domain, as MariaDB writes it: `0-1-1234,1-3-45` (domain, server, sequence).
 * Within a domain the binlog has one order, so that this says everything before it.
 */
export class GtidPosition {
  readonly #domains: ReadonlyMap<string, { readonly server: string; readonly sequence: bigint }>;

  private constructor(domains: ReadonlyMap<string, { readonly server: string; readonly sequence: bigint }>) {
    this.#domains = domains;
  }

  /** Throws `TypeError` for what is none. */
  static parse(text: string): GtidPosition {
    const domains = new Map<string, { server: string; sequence: bigint }>();
    for (const one of text.split(',').filter((part) => part.trim() !== '')) {
      const [, domain, server, sequence] = /^\s*(\d+)-(\d+)-(\d+)\s*$/.exec(one) ?? [];
      if (domain === undefined || server === undefined || sequence === undefined) throw new TypeError('not a GTID');
      domains.set(domain, { server, sequence: BigInt(sequence) });
    }
    return new GtidPosition(domains);
  }

  /** After one more transaction. */
  with(gtid: string): GtidPosition {
    return new GtidPosition(new Map([...this.#domains, ...GtidPosition.parse(gtid).#domains]));
  }

  /** Is everything in `other` in this as well? */
  reaches(other: GtidPosition): boolean {
    return [...other.#domains].every(([domain, { sequence }]) => {
      const own = this.#domains.get(domain);
      return own !== undefined && own.sequence >= sequence;
    });
  }

  toString(): string {
    return [...this.#domains].map(([domain, { server, sequence }]) => `${domain}-${server}-${sequence}`).join(',');
  }
}
