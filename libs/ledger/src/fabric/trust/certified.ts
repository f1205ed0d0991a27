import type { X509Certificate } from 'node:crypto';
import { type FabricOrganisation, fabricRoles, type FabricRole, type FabricTrust } from './fabric-trust.js';
import { isIssuedBy, readCertificate } from './read-certificate.js';

export interface CertificateClaim {
  readonly mspId: string;
  readonly role: FabricRole;
  /** When it had to be in force. */
  readonly at: Date;
}

/** Longest chain from a certificate to its root: more is no organisation's. */
const depthMax = 5;

/**
 * What keeps a certificate from acting in this role for this organisation, as Fabric judges it: it leads to a root of that
 * MSP, each link in force then, and has exactly this one of the four roles. Undefined when all is well.
 */
export function whyNotCertified(
  trust: FabricTrust,
  certificate: X509Certificate,
  { mspId, role, at }: CertificateClaim,
): string | undefined {
  const organisation = trust.organisations.find((one) => one.mspId === mspId);
  if (organisation === undefined) return 'of an organisation that the channel does not have';
  if (certificate.ca || !isInForce(certificate, at)) return 'not in force at that time';
  // A line a part, which may hold several values, as Fabric CA writes role and affiliation; a plus in a value is escaped.
  const units = certificate.subject.split(/\n| \+ /);
  const roles = fabricRoles.filter((one) => units.includes(`OU=${organisation.roles[one]}`));
  if (roles.length !== 1 || roles[0] !== role) return `without the role ${role}`;
  return leadsToRoot(certificate, organisation, at) ? undefined : 'not issued under a trusted root of its organisation';
}

/** Throws for an organisation whose certificates are none. */
function leadsToRoot(certificate: X509Certificate, organisation: FabricOrganisation, at: Date): boolean {
  const [roots, intermediates] = [organisation.roots, organisation.intermediates].map((ders) =>
    ders.map((der) => readCertificate(Buffer.from(der, 'base64'))),
  );
  const issuerAmong = (of: X509Certificate, among: readonly X509Certificate[] = []) =>
    among.find((one) => isInForce(one, at) && isIssuedBy(of, one));
  let link: X509Certificate | undefined = certificate;
  for (let depth = 0; link !== undefined && depth < depthMax; depth++) {
    if (issuerAmong(link, roots)) return true;
    link = issuerAmong(link, intermediates);
  }
  return false;
}

export function isInForce({ validFrom, validTo }: X509Certificate, at: Date): boolean {
  // Certificates count whole seconds.
  const seconds = Math.floor(at.getTime() / 1000);
  return Date.parse(validFrom) / 1000 <= seconds && seconds <= Date.parse(validTo) / 1000;
}
