// Computes a channel's configuration update: node config-update.mjs VERB …
//   sequence BLOCK                       prints the number of updates that led to this configuration
//   number   BLOCK                       prints the number of the block
//   members  CHANNEL BLOCK WANTED UPDATE   the organisations of WANTED instead of those of BLOCK
//   policies CHANNEL BLOCK WANTED UPDATE   the two endorsement policies of WANTED instead of those of BLOCK
// BLOCK is the channel's current configuration, WANTED a block of configtxgen that says how it is to be; UPDATE is written, for
// `peer channel signconfigtx` and `peer channel update`. An update names versions: computed on an old BLOCK, it is refused.
import { readFileSync, writeFileSync } from 'node:fs';
import { common } from '@hyperledger/fabric-protos';

const renewedPolicies = ['Endorsement', 'LifecycleEndorsement'];

const [verb, ...args] = process.argv.slice(2);
if (verb === 'sequence') console.log(readConfig(args[0]).getSequence());
else if (verb === 'number') console.log(readBlock(args[0]).getHeader().getNumber());
else if (verb === 'members') write(args, memberSets);
else if (verb === 'policies') write(args, policySets);
else throw new Error(`unknown verb ${verb}`);

function write([channel, blockFile, wantedFile, updateFile], sets) {
  const group = readConfig(blockFile).getChannelGroup();
  const wanted = applicationOf(readConfig(wantedFile).getChannelGroup());
  const [read, written] = sets(applicationOf(group), wanted).map((application) => {
    const outer = new common.ConfigGroup();
    outer.setVersion(group.getVersion());
    outer.getGroupsMap().set('Application', application);
    return outer;
  });
  const update = new common.ConfigUpdate();
  update.setChannelId(channel);
  update.setReadSet(read);
  update.setWriteSet(written);
  writeFileSync(updateFile, envelope(channel, update).serializeBinary());
}

/** Who is in a group is part of the group: its version rises, and it lists what stays (by version) and what comes (in full). */
function memberSets(current, wanted) {
  const read = references(current);
  const written = references(current);
  written.setVersion(current.getVersion() + 1);
  const members = written.getGroupsMap();
  for (const name of namesOf(members)) if (!wanted.getGroupsMap().has(name)) members.del(name);
  for (const name of namesOf(wanted.getGroupsMap())) {
    if (!members.has(name)) members.set(name, wanted.getGroupsMap().get(name));
  }
  return [read, written];
}

/** Only what changes is listed: the group itself stays as it is. */
function policySets(current, wanted) {
  const read = new common.ConfigGroup();
  read.setVersion(current.getVersion());
  const written = read.clone();
  for (const name of renewedPolicies) {
    const policy = current.getPoliciesMap().get(name).clone();
    policy.setVersion(policy.getVersion() + 1);
    policy.setPolicy(wanted.getPoliciesMap().get(name).getPolicy());
    written.getPoliciesMap().set(name, policy);
  }
  return [read, written];
}

/** A group with its direct members by version alone: "as they are". */
function references(group) {
  const copy = new common.ConfigGroup();
  copy.setVersion(group.getVersion());
  copy.setModPolicy(group.getModPolicy());
  for (const [kind, Message] of [
    ['getGroupsMap', common.ConfigGroup],
    ['getValuesMap', common.ConfigValue],
    ['getPoliciesMap', common.ConfigPolicy],
  ]) {
    for (const name of namesOf(group[kind]())) {
      const reference = new Message();
      reference.setVersion(group[kind]().get(name).getVersion());
      copy[kind]().set(name, reference);
    }
  }
  return copy;
}

function readBlock(file) {
  return common.Block.deserializeBinary(readFileSync(file));
}

function readConfig(file) {
  const [data] = readBlock(file).getData().getDataList_asU8();
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(data).getPayload_asU8());
  return common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig();
}

function envelope(channel, update) {
  const wrapped = new common.ConfigUpdateEnvelope();
  wrapped.setConfigUpdate(update.serializeBinary());
  const channelHeader = new common.ChannelHeader();
  channelHeader.setChannelId(channel);
  channelHeader.setType(common.HeaderType.CONFIG_UPDATE);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(wrapped.serializeBinary());
  const signed = new common.Envelope();
  signed.setPayload(payload.serializeBinary());
  return signed;
}

function applicationOf(channelGroup) {
  return channelGroup.getGroupsMap().get('Application');
}

function namesOf(map) {
  return map.toArray().map(([name]) => name);
}
