import { X509Certificate } from 'node:crypto';
import type { Context } from 'fabric-contract-api';
import { refuse } from './refusal.js';

const roles = ['client', 'peer', 'admin', 'orderer'];

/**
 * Organisation of the caller: its MSP id, as the peer has verified it. Only application identities (NodeOU `client`) are
 * served: an administrator's or a peer's key that leaks must not be able to write anchors.
 */
export function callerOrganisation({ clientIdentity }: Context): string {
  const { subject } = new X509Certificate(Buffer.from(clientIdentity.getIDBytes()));
  // A line a part, which may hold several values, as Fabric CA writes role and affiliation; a plus in a value is escaped.
  const units = subject.split(/\n| \+ /).filter((part) => roles.some((role) => part === `OU=${role}`));
  if (units.join() !== 'OU=client') refuse('FORBIDDEN', 'the caller is no client identity');
  return clientIdentity.getMSPID();
}
