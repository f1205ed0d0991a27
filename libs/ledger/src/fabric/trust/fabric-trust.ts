import { createHash } from 'node:crypto';
import { canonicalJson, Rejected } from '@anamnesis/core';
import { base64, list, literal, members, whole } from '../../strict-fields.js';

export const fabricRoles = ['client', 'peer', 'orderer', 'admin'] as const;

/** What a certificate may do in its organisation (Fabric's NodeOUs). */
export type FabricRole = (typeof fabricRoles)[number];

export interface FabricOrganisation {
  readonly mspId: string;
  /** Root certificates, DER in base64. */
  readonly roots: readonly string[];
  readonly intermediates: readonly string[];
  /** The organizational unit that a certificate of each role carries. */
  readonly roles: Readonly<Record<FabricRole, string>>;
}

/**
 * What a verifier believes of one channel beforehand: who belongs to it and how many must endorse. Read out of one
 * configuration block; another configuration is another trust. Plain JSON; `parseFabricTrust` reads it.
 */
export interface FabricTrust {
  readonly ledger: 'fabric';
  readonly channel: string;
  readonly chaincode: string;
  /** Number of the configuration block that all the rest was taken from. */
  readonly configBlock: number;
  /** In the order of their MSP ids, each once. */
  readonly organisations: readonly FabricOrganisation[];
  /** MSP ids of those whose nodes order and sign blocks. */
  readonly orderers: readonly string[];
  /** MSP ids of those whose endorsement counts. */
  readonly endorsers: readonly string[];
  /** How many different ones of `endorsers` must have endorsed. */
  readonly quorum: number;
}

export const mspIdPattern = /^[A-Za-z0-9.-]{1,128}$/;
export const channelPattern = /^[a-z][a-z0-9.-]{0,248}$/;
export const chaincodePattern = /^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$/;

const organisationsMax = 64;
const certificatesMax = 16;
const unitPattern = /^[!-~]{1,64}$/;

/** Reads trust from outside: a file, or evidence. Throws `Rejected('invalid-evidence')`. */
export function parseFabricTrust(value: unknown): FabricTrust {
  const from = members(value, 'trust', [
    'ledger',
    'channel',
    'chaincode',
    'configBlock',
    'organisations',
    'orderers',
    'endorsers',
    'quorum',
  ]);
  literal(from.ledger, 'ledger', /^fabric$/);
  const organisations = list(from.organisations, 'organisations', organisationsMax).map(parseOrganisation);
  demandAscending(
    organisations.map(({ mspId }) => mspId),
    'organisations',
  );
  return {
    ledger: 'fabric',
    channel: literal(from.channel, 'channel', channelPattern),
    chaincode: literal(from.chaincode, 'chaincode', chaincodePattern),
    configBlock: whole(from.configBlock, 'configBlock', 0),
    organisations,
    orderers: mspIds(from.orderers, 'orderers'),
    endorsers: mspIds(from.endorsers, 'endorsers'),
    quorum: whole(from.quorum, 'quorum', 1),
  };
}

/** SHA-256 over the canonical JSON (RFC 8785) in hex: what organisations read to each other to agree on one trust. */
export function trustFingerprint(trust: FabricTrust): string {
  return createHash('sha256').update(canonicalJson(trust), 'utf8').digest('hex');
}

function parseOrganisation(value: unknown): FabricOrganisation {
  const from = members(value, 'organisation', ['mspId', 'roots', 'intermediates', 'roles']);
  const roles = members(from.roles, 'roles', fabricRoles);
  return {
    mspId: literal(from.mspId, 'mspId', mspIdPattern),
    roots: list(from.roots, 'roots', certificatesMax).map((one) => base64(one, 'roots')),
    intermediates: list(from.intermediates, 'intermediates', certificatesMax).map((one) =>
      base64(one, 'intermediates'),
    ),
    roles: {
      client: literal(roles.client, 'roles', unitPattern),
      peer: literal(roles.peer, 'roles', unitPattern),
      orderer: literal(roles.orderer, 'roles', unitPattern),
      admin: literal(roles.admin, 'roles', unitPattern),
    },
  };
}

function mspIds(value: unknown, name: string): readonly string[] {
  const ids = list(value, name, organisationsMax).map((one) => literal(one, name, mspIdPattern));
  demandAscending(ids, name);
  return ids;
}

/** One order, so that one trust has one fingerprint. */
function demandAscending(texts: readonly string[], name: string): void {
  const isAscending = texts.every((text, at) => at === 0 || (texts[at - 1] ?? '') < text);
  if (!isAscending) throw new Rejected('invalid-evidence', `${name} are not in ascending order`);
}
