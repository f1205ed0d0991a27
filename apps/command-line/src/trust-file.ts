import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Rejected } from '@anamnesis/core';
import { type BundleTrust, parseLogTrust } from '@anamnesis/ledger';

/**
 * Reads what a verifier trusts: `trust.json` as the product writes it (`{ "root": PEM, "ledger": verifier key }`), or one of
 * the two alone: a PEM certificate, or a verifier key in C2SP form. Throws `Rejected('invalid-evidence')`.
 */
export function readTrustFile(path: string): BundleTrust {
  const text = readFileSync(path, 'utf8').trim();
  if (text.startsWith('-----BEGIN')) return { root: rootOf(text) };
  if (!text.startsWith('{')) return { ledger: parseLogTrust(text) };
  const { root, ledger } = parseJson(text);
  if (typeof root !== 'string' || typeof ledger !== 'string')
    throw new Rejected('invalid-evidence', 'a trust file holds "root" (PEM) and "ledger" (verifier key)');
  return { root: rootOf(root), ledger: parseLogTrust(ledger) };
}

function rootOf(pem: string): Uint8Array {
  try {
    return new X509Certificate(pem).raw;
  } catch (error) {
    throw new Rejected('invalid-evidence', 'the root is no X.509 certificate', { cause: error });
  }
}

function parseJson(text: string): { root?: unknown; ledger?: unknown } {
  try {
    return JSON.parse(text) as { root?: unknown; ledger?: unknown };
  } catch (error) {
    throw new Rejected('invalid-evidence', 'the trust file is not JSON', { cause: error });
  }
}
