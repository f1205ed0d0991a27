import { X509Certificate } from 'node:crypto';
import type { common, msp } from '@hyperledger/fabric-protos';
import { Unavailable } from '@anamnesis/core';
import { sha256 } from '../evidence/block-header.js';
import { protos } from '../protos.js';
import { endorsementPolicy } from './endorsement-policy.js';
import { type FabricOrganisation, type FabricTrust, parseFabricTrust } from './fabric-trust.js';

/**
 * Reads trust out of a channel's configuration block. What it does not understand it refuses with `Unavailable`, and does
 * not guess. The block is believed: agree on the trust's fingerprint with the other members.
 */
export function trustFromConfig(block: common.Block, chaincode: string): FabricTrust {
  const { common: messages } = protos();
  const [data] = block.getData()?.getDataList_asU8() ?? [];
  const header = block.getHeader();
  if (data === undefined || header === undefined || !sha256(data).equals(header.getDataHash_asU8()))
    throw unsupported('a configuration block that does not match its hash');
  const payload = messages.Payload.deserializeBinary(messages.Envelope.deserializeBinary(data).getPayload_asU8());
  const channel = messages.ChannelHeader.deserializeBinary(payload.getHeader()?.getChannelHeader_asU8() ?? data);
  if (channel.getType() !== messages.HeaderType.CONFIG) throw unsupported('a block that is no configuration');
  const config = messages.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig()?.getChannelGroup();
  const application = groupOf(config, 'Application');
  const members = membersOf(application);
  const ordering = membersOf(groupOf(config, 'Orderer'));
  const organisations = new Map([...members, ...ordering].map((one) => [one.mspId, one]));
  return parseFabricTrust({
    ledger: 'fabric',
    channel: channel.getChannelId(),
    chaincode,
    configBlock: header.getNumber(),
    organisations: [...organisations.values()].sort((one, other) => (one.mspId < other.mspId ? -1 : 1)),
    orderers: ordering.map(({ mspId }) => mspId).sort(),
    ...endorsementPolicy(application),
  });
}

function groupOf(group: common.ConfigGroup | undefined, name: string): common.ConfigGroup {
  const found = group?.getGroupsMap().get(name);
  if (found === undefined) throw unsupported(`a configuration without ${name}`);
  return found;
}

function membersOf(group: common.ConfigGroup): readonly FabricOrganisation[] {
  return group
    .getGroupsMap()
    .toArray()
    .map(([name]) => organisationOf(groupOf(group, name)));
}

function organisationOf(group: common.ConfigGroup): FabricOrganisation {
  const { msp: messages } = protos();
  const value = group.getValuesMap().get('MSP')?.getValue_asU8();
  const outer = messages.MSPConfig.deserializeBinary(value ?? new Uint8Array(0));
  if (outer.getType() !== 0) throw unsupported('an organisation without X.509 certificates');
  const config = messages.FabricMSPConfig.deserializeBinary(outer.getConfig_asU8());
  const mspId = config.getName();
  const units = config.getFabricNodeOus();
  if (!units?.getEnable()) throw unsupported(`${mspId}, which does not use NodeOUs`);
  // Evidence is judged without asking anybody, and a revoked certificate must not pass unnoticed.
  if (config.getRevocationListList().length > 0) throw unsupported(`the revocation list of ${mspId}`);
  return {
    mspId,
    roots: config.getRootCertsList_asU8().map(derOf),
    intermediates: config.getIntermediateCertsList_asU8().map(derOf),
    roles: {
      client: unitOf(units.getClientOuIdentifier()),
      peer: unitOf(units.getPeerOuIdentifier()),
      orderer: unitOf(units.getOrdererOuIdentifier()),
      admin: unitOf(units.getAdminOuIdentifier()),
    },
  };
}

function unitOf(identifier: msp.FabricOUIdentifier | undefined): string {
  return identifier?.getOrganizationalUnitIdentifier() ?? '';
}

function derOf(pem: Uint8Array): string {
  return new X509Certificate(Buffer.from(pem)).raw.toString('base64');
}

function unsupported(what: string): Unavailable {
  return new Unavailable('ledger', `Fabric: cannot read trust from ${what}`);
}
