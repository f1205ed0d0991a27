import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BundleTrust, parseFabricTrust, parseLogTrust } from '@anamnesis/ledger';
import type { Cluster } from './cluster.js';

/** What a verifier of this cluster's evidence is given: the root, and the trust of its ledger. */
export async function clusterTrust(cluster: Cluster): Promise<BundleTrust> {
  const { environment, directory } = cluster;
  const response = await cluster.request('/registration/certificates/root', { role: 'admin' });
  const root = new X509Certificate(await response.text()).raw;
  const { FABRIC_TRUST_FILE } = environment;
  if (FABRIC_TRUST_FILE !== undefined)
    return { root, fabric: parseFabricTrust(JSON.parse(readFileSync(FABRIC_TRUST_FILE, 'utf8'))) };
  const key = readFileSync(join(directory, 'ledger-writer-1', 'ledger.vkey'), 'utf8');
  return { root, ledger: parseLogTrust(key.trim()) };
}
