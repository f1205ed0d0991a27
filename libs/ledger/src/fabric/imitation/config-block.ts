import { common, msp } from '@hyperledger/fabric-protos';
import { type FabricRole, fabricRoles } from '../trust/fabric-trust.js';
import type { Organisation } from './organisation.js';

export interface Configuration {
  readonly channel: string;
  readonly members: readonly Organisation[];
  readonly ordering: Organisation;
  /** How many of the members' peers must endorse. */
  readonly quorum: number;
}

/** The configuration transaction of a channel's first block, with what trust is read from. */
export function configurationOf({ channel, members, ordering, quorum }: Configuration): common.Envelope {
  const application = groupOf(members);
  const policy = new common.ConfigPolicy();
  policy.setPolicy(peersPolicy(members, quorum));
  application.getPoliciesMap().set('Endorsement', policy);
  const root = new common.ConfigGroup();
  root.getGroupsMap().set('Application', application);
  root.getGroupsMap().set('Orderer', groupOf([ordering]));
  const config = new common.Config();
  config.setChannelGroup(root);
  const envelope = new common.ConfigEnvelope();
  envelope.setConfig(config);

  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG);
  channelHeader.setChannelId(channel);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(envelope.serializeBinary());
  const outer = new common.Envelope();
  outer.setPayload(payload.serializeBinary());
  return outer;
}

function groupOf(organisations: readonly Organisation[]): common.ConfigGroup {
  const group = new common.ConfigGroup();
  for (const organisation of organisations) {
    const value = new common.ConfigValue();
    value.setValue(mspOf(organisation).serializeBinary());
    const member = new common.ConfigGroup();
    member.getValuesMap().set('MSP', value);
    group.getGroupsMap().set(organisation.mspId, member);
  }
  return group;
}

function mspOf({ mspId, root }: Organisation): msp.MSPConfig {
  const unit = (role: FabricRole) => {
    const identifier = new msp.FabricOUIdentifier();
    identifier.setOrganizationalUnitIdentifier(role);
    return identifier;
  };
  const [client, peer, orderer, admin] = fabricRoles.map(unit);
  const units = new msp.FabricNodeOUs();
  units.setEnable(true);
  units.setClientOuIdentifier(client);
  units.setPeerOuIdentifier(peer);
  units.setOrdererOuIdentifier(orderer);
  units.setAdminOuIdentifier(admin);
  const config = new msp.FabricMSPConfig();
  config.setName(mspId);
  config.setRootCertsList([Buffer.from(root)]);
  config.setFabricNodeOus(units);
  const outer = new msp.MSPConfig();
  outer.setConfig(config.serializeBinary());
  return outer;
}

/** "n of these organisations' peers". */
export function peersPolicy(members: readonly { readonly mspId: string }[], quorum: number): common.Policy {
  const envelope = new common.SignaturePolicyEnvelope();
  const outOf = new common.SignaturePolicy.NOutOf();
  outOf.setN(quorum);
  for (const [at, { mspId }] of members.entries()) {
    const role = new msp.MSPRole();
    role.setMspIdentifier(mspId);
    role.setRole(msp.MSPRole.MSPRoleType.PEER);
    const principal = new msp.MSPPrincipal();
    principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
    principal.setPrincipal(role.serializeBinary());
    envelope.addIdentities(principal);
    const rule = new common.SignaturePolicy();
    rule.setSignedBy(at);
    outOf.addRules(rule);
  }
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(outOf);
  envelope.setRule(rule);
  const policy = new common.Policy();
  policy.setType(common.Policy.PolicyType.SIGNATURE);
  policy.setValue(envelope.serializeBinary());
  return policy;
}
