import { BlockList, isIP } from 'node:net';
import { permitsType, type SourceFact } from '@anamnesis/core';
import { type MessageHeader, shapeOf } from '@anamnesis/hl7v2';
import type { Peer } from '../mllp/block.js';
import { isNamed } from '../tls/client-certificate.js';
import { type Refusal, reject } from './outcome.js';

/** Versions that we read (hl7v2.md T2); later digits do not matter. */
const versions = /^2\.[1-9](\.\d+)*$/;
/** Of each part of MSH-9: `ADT_A01` is what is usual. */
const typeLengthMax = 32;
const blockLists = new WeakMap<SourceFact, BlockList>();

/**
 * May this source, from this address and with this certificate, send a message of this type, version and processing id? Judged from registration's
 * facts alone (hl7v2.md A4, A5). Undefined when it may.
 */
export function admit(header: MessageHeader, source: SourceFact, peer: Peer): Refusal | undefined {
  return admitSender(source, peer) ?? admitVersion(header) ?? admitType(header, source);
}

function admitSender(source: SourceFact, peer: Peer): Refusal | undefined {
  if (source.state === 'suspended') return reject(207, 'the sender is suspended');
  if (source.phase === 'draft') return reject(207, 'the sender is registered, and its testing has not begun');
  // Who may write into the watched folder is the operator's to say, to the file system.
  if (peer.protocol === 'hl7v2-file') return undefined;
  if (!isFromOwnAddress(source, peer.address)) return reject(207, 'the sender is not registered for this address');
  return admitCertificate(source, peer);
}

/** F7: who comes with a certificate is who it is bound to; a bound sender is believed with one alone. */
function admitCertificate({ certificates = [] }: SourceFact, { certificate }: Peer): Refusal | undefined {
  if (certificate === undefined)
    return certificates.length === 0 ? undefined : reject(207, 'the sender is registered for TLS with its certificate');
  if (Date.now() > certificate.validToMs) return reject(207, 'the client certificate has expired');
  if (certificates.length === 0) return reject(207, 'no client certificate is bound to the sender', 'MSH^1^3');
  if (certificates.some((name) => isNamed(certificate, name))) return undefined;
  return reject(207, 'the client certificate is not that of the sender in MSH-3 and MSH-4', 'MSH^1^3');
}

function admitVersion({ version }: MessageHeader): Refusal | undefined {
  if (versions.test(version.trim())) return undefined;
  return reject(203, 'MSH-12 is not a version from 2.1 to 2.9', { where: 'MSH^1^12', shape: shapeOf(version) });
}

function admitType(header: MessageHeader, source: SourceFact): Refusal | undefined {
  const { messageCode, triggerEvent } = header;
  if (!permitsProcessingId(header.processingId, source))
    return reject(202, 'MSH-11 is not accepted from this sender', {
      where: 'MSH^1^11',
      shape: shapeOf(header.processingId),
    });
  if (Math.max(messageCode.length, triggerEvent.length, header.structure.length) > typeLengthMax)
    return reject(200, 'MSH-9 is not a message type', 'MSH^1^9');
  if (messageCode === '') return reject(200, 'MSH-9.1 is empty', 'MSH^1^9');
  if (permitsType(source.messageTypes, messageCode, triggerEvent)) return undefined;
  const isKnownCode = source.messageTypes.some((one) => one.startsWith(`${messageCode}^`));
  if (isKnownCode)
    return reject(201, 'the event is not accepted from this sender', {
      where: 'MSH^1^9^1^2',
      shape: shapeOf(triggerEvent),
    });
  return reject(200, 'the message type is not accepted from this sender', {
    where: 'MSH^1^9^1^1',
    shape: shapeOf(messageCode),
  });
}

/** An empty one counts as P in the open sandbox, and nowhere else. Test systems write T or D: in testing they may. */
function permitsProcessingId(processingId: string, source: SourceFact): boolean {
  if (processingId === '') return source.isOpen;
  const isInTesting = source.phase === 'testing' && ['P', 'T', 'D'].includes(processingId.toUpperCase());
  return isInTesting || source.processingIds.includes(processingId.toUpperCase());
}

function isFromOwnAddress(source: SourceFact, address: string): boolean {
  if (source.addresses.length === 0) return true;
  const plain = address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
  const family = isIP(plain);
  return family !== 0 && addressesOf(source).check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

function addressesOf(source: SourceFact): BlockList {
  const known = blockLists.get(source);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const cidr of source.addresses) {
    const [network = '', length] = cidr.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (length === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(length), family);
  }
  blockLists.set(source, list);
  return list;
}
