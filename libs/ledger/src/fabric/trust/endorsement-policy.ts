import type { common, msp } from '@hyperledger/fabric-protos';
import { Unavailable } from '@anamnesis/core';
import { protos } from '../protos.js';

export interface EndorsementPolicy {
  /** MSP ids, in order. */
  readonly endorsers: readonly string[];
  readonly quorum: number;
}

/**
 * Reads a channel's endorsement policy of the form "n of these organisations' peers", said directly or as ANY, ALL or
 * MAJORITY of the members' own policies of that form. Throws `Unavailable` for any other.
 */
export function endorsementPolicy(application: common.ConfigGroup): EndorsementPolicy {
  const { common: messages } = protos();
  const policy = policyOf(application, 'Endorsement');
  if (policy.getType() === messages.Policy.PolicyType.SIGNATURE) return peersOf(policy);
  if (policy.getType() !== messages.Policy.PolicyType.IMPLICIT_META) throw unsupported('of this type');
  const implicit = messages.ImplicitMetaPolicy.deserializeBinary(policy.getValue_asU8());
  const groups = application.getGroupsMap();
  const endorsers = groups.toArray().flatMap(([name]) => {
    const group = groups.get(name);
    const own = group && peersOf(policyOf(group, implicit.getSubPolicy()));
    if (own?.quorum !== 1 || own.endorsers.length !== 1) throw unsupported('in which a member is not one of its peers');
    return own.endorsers;
  });
  return { endorsers: endorsers.sort(), quorum: quorumOf(implicit.getRule(), endorsers.length) };
}

function quorumOf(rule: number, members: number): number {
  const { ANY, ALL, MAJORITY } = protos().common.ImplicitMetaPolicy.Rule;
  if (rule === ANY) return 1;
  if (rule === ALL) return members;
  if (rule === MAJORITY) return Math.floor(members / 2) + 1;
  throw unsupported('with this rule');
}

function peersOf(policy: common.Policy): EndorsementPolicy {
  const envelope = protos().common.SignaturePolicyEnvelope.deserializeBinary(policy.getValue_asU8());
  const endorsers = envelope.getIdentitiesList().map(peerOf);
  const rule = envelope.getRule()?.getNOutOf();
  if (rule === undefined) throw unsupported('that is no number of organisations');
  const parts = rule.getRulesList().map((one) => (one.hasNOutOf() ? -1 : one.getSignedBy()));
  const quorum = rule.getN();
  const isEachOnce = isSet(parts) && isSet(endorsers) && parts.length === endorsers.length && !parts.includes(-1);
  if (!isEachOnce || quorum < 1) throw unsupported('that is no number of organisations');
  return { endorsers: endorsers.sort(), quorum };
}

function isSet(list: readonly unknown[]): boolean {
  return new Set(list).size === list.length;
}

function peerOf(identity: msp.MSPPrincipal): string {
  const { MSPPrincipal, MSPRole } = protos().msp;
  const role = MSPRole.deserializeBinary(identity.getPrincipal_asU8());
  const isRole = identity.getPrincipalClassification() === MSPPrincipal.Classification.ROLE;
  if (!isRole || role.getRole() !== MSPRole.MSPRoleType.PEER) throw unsupported('in which not only peers endorse');
  return role.getMspIdentifier();
}

function policyOf(group: common.ConfigGroup, name: string): common.Policy {
  const policy = group.getPoliciesMap().get(name)?.getPolicy();
  if (policy === undefined) throw unsupported('that is missing');
  return policy;
}

function unsupported(what: string): Unavailable {
  return new Unavailable('ledger', `Fabric: cannot read trust from an endorsement policy ${what}`);
}
