import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { Unavailable } from '@anamnesis/core';
import type { FabricAccount, FabricLedgerOptions } from './fabric-options.js';
import { isInForce, whyNotCertified } from './trust/certified.js';
import { chaincodePattern, channelPattern, type FabricTrust, mspIdPattern } from './trust/fabric-trust.js';

/** A client certificate that ends within this time is reported at every start. */
const expiryWarningMs = 14 * 24 * 3_600_000;

export interface CheckedAccount {
  readonly key: KeyObject;
  readonly certificateEndsAt: Date;
  readonly endsSoon: boolean;
}

/** Finds what can be known to be wrong before anybody is asked. Throws `Unavailable('ledger')` that names the setting. */
export function checkAccount(options: FabricAccount & Pick<FabricLedgerOptions, 'trust'>): CheckedAccount {
  const { channel, chaincode, mspId, trust } = options;
  if (!channelPattern.test(channel)) throw wrong('channel', 'is no name of a channel');
  if (!chaincodePattern.test(chaincode)) throw wrong('chaincode', 'is no name of a chaincode');
  if (!mspIdPattern.test(mspId)) throw wrong('mspId', 'is no MSP id');
  checkLine(options);
  const certificate = read('certificate', () => new X509Certificate(options.certificate));
  const key = read('privateKey', () => createPrivateKey(options.privateKey));
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw wrong('privateKey', 'is not on the curve P-256');
  if (!certificate.checkPrivateKey(key)) throw wrong('privateKey', 'is not the key of the certificate');
  const now = new Date();
  if (!isInForce(certificate, now))
    throw wrong('certificate', `is in force from ${certificate.validFrom} to ${certificate.validTo} only`);
  if (trust !== undefined) checkTrust(options, trust, certificate);
  const certificateEndsAt = new Date(certificate.validTo);
  return { key, certificateEndsAt, endsSoon: certificateEndsAt.getTime() - now.getTime() < expiryWarningMs };
}

function checkLine({ peer, peerTlsCa }: FabricAccount): void {
  const host = /^\[?(.+?)\]?:\d{1,5}$/.exec(peer)?.[1];
  if (host === undefined) throw wrong('peer', 'is not host:port');
  if (peerTlsCa !== undefined) read('peerTlsCa', () => new X509Certificate(peerTlsCa));
  else if (!isLoopback(host)) throw wrong('peerTlsCa', `is missing: ${peer} would be spoken to in plain text`);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

function checkTrust({ channel, chaincode, mspId }: FabricAccount, trust: FabricTrust, certificate: X509Certificate) {
  if (trust.channel !== channel) throw wrong('channel', `is not the one of the trust, ${trust.channel}`);
  if (trust.chaincode !== chaincode) throw wrong('chaincode', `is not the one of the trust, ${trust.chaincode}`);
  const objection = read('trust', () => whyNotCertified(trust, certificate, { mspId, role: 'client', at: new Date() }));
  if (objection !== undefined) throw wrong('certificate', `cannot act for ${mspId}: ${objection}`);
}

function read<T>(setting: string, from: () => T): T {
  try {
    return from();
  } catch (error) {
    throw wrong(setting, 'cannot be read', error);
  }
}

function wrong(setting: string, what: string, cause?: unknown): Unavailable {
  return new Unavailable('ledger', `Fabric: ${setting} ${what}`, { cause });
}
