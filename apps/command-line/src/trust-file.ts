import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Rejected } from '@anamnesis/core';
import { type BundleTrust, parseFabricTrust, parseLogTrust } from '@anamnesis/ledger';

/**
 * Reads what a verifier trusts: `trust.json` as the product writes it (`root`: PEM, with `ledger`: verifier key of a log,
 * `fabric`: membership of a channel, or both), or one of the three alone: a PEM certificate, a verifier key in C2SP form, or
 * the trust file of a channel. Throws `Rejected('invalid-evidence')`.
 */
export function readTrustFile(path: string): BundleTrust {
  const text = readFileSync(path, 'utf8').trim();
  if (text.startsWith('-----BEGIN')) return { root: rootOf(text) };
  if (!text.startsWith('{')) return { ledger: parseLogTrust(text) };
  const from = parseJson(text);
  return from.ledger === 'fabric' ? { fabric: parseFabricTrust(from) } : trustIn(from);
}

function trustIn({ root, ledger, fabric }: TrustFile): BundleTrust {
  const isLedger = ledger === undefined || typeof ledger === 'string';
  if (typeof root !== 'string' || !isLedger || (ledger ?? fabric) === undefined)
    throw new Rejected(
      'invalid-evidence',
      'a trust file holds "root" (PEM), and "ledger" (verifier key) or "fabric" (membership of a channel) or both',
    );
  return {
    root: rootOf(root),
    ...(ledger !== undefined && { ledger: parseLogTrust(ledger) }),
    ...(fabric !== undefined && { fabric: parseFabricTrust(fabric) }),
  };
}

function rootOf(pem: string): Uint8Array {
  try {
    return new X509Certificate(pem).raw;
  } catch (error) {
    throw new Rejected('invalid-evidence', 'the root is no X.509 certificate', { cause: error });
  }
}

interface TrustFile {
  readonly root?: unknown;
  readonly ledger?: unknown;
  readonly fabric?: unknown;
}

function parseJson(text: string): TrustFile {
  try {
    return JSON.parse(text) as TrustFile;
  } catch (error) {
    throw new Rejected('invalid-evidence', 'the trust file is not JSON', { cause: error });
  }
}
