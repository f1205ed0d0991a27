import { Rejected } from '@anamnesis/core';
import { parseFabricAnchor, parseFabricEvidence } from './fabric/evidence/fabric-evidence.js';
import type { Anchor, LedgerEvidence } from './ledger.js';
import { parseLogAnchor, parseLogEvidence } from './log/log-evidence.js';

const parsers: {
  readonly [Name in LedgerEvidence['ledger']]: {
    readonly anchor: (value: unknown) => Extract<Anchor, { readonly ledger: Name }>;
    readonly evidence: (value: unknown) => Extract<LedgerEvidence, { readonly ledger: Name }>;
  };
} = {
  log: { anchor: parseLogAnchor, evidence: parseLogEvidence },
  fabric: { anchor: parseFabricAnchor, evidence: parseFabricEvidence },
};

/** Reads an anchor from outside. Throws `Rejected('invalid-evidence')` for anything missing, malformed or unknown. */
export function parseAnchor(value: unknown): Anchor {
  return parsers[ledgerOf(value)].anchor(value);
}

/** Reads evidence from outside. Throws `Rejected('invalid-evidence')` for anything missing, malformed or unknown. */
export function parseLedgerEvidence(value: unknown): LedgerEvidence {
  return parsers[ledgerOf(value)].evidence(value);
}

function ledgerOf(value: unknown): keyof typeof parsers {
  const name: unknown = typeof value === 'object' && value !== null && 'ledger' in value ? value.ledger : undefined;
  if (typeof name !== 'string' || !Object.hasOwn(parsers, name))
    throw new Rejected('invalid-evidence', 'names no ledger that is known here');
  return name as keyof typeof parsers;
}
