import { common, msp, peer } from '@hyperledger/fabric-protos';
import { JSONSerializer } from 'fabric-contract-api';
import { ChaincodeStub } from 'fabric-shim';
import ChaincodeFromContract from 'fabric-shim/lib/contract-spi/chaincodefromcontract.js';
import Logger from 'fabric-shim/lib/logger.js';
import { contracts } from '../src/index.js';
import type { Identity } from './identity.js';

Logger.setLevel('CRITICAL'); // every refusal would be a line on the console

export interface Proposal {
  readonly by: Identity;
  /** Name of the transaction and its arguments. */
  readonly call: readonly [string, ...string[]];
  readonly txId: string;
  readonly seconds?: number;
  readonly transient?: Readonly<Record<string, string>>;
}

/** What one peer makes of a proposal; endorsements of several peers must agree in all of it. */
export interface Endorsement {
  readonly status: number;
  readonly message: string;
  readonly payload: string;
  readonly reads: ReadonlyMap<string, string | undefined>;
  readonly writes: ReadonlyMap<string, string>;
  readonly events: readonly { readonly name: string; readonly payload: string }[];
}

/**
 * A peer as chaincode sees it: the library's own router and stub over the bytes of a proposal, and a state that changes by
 * committed writes alone. Whatever else chaincode asks of its peer is an error, so that only what is listed here can pass.
 */
export class EndorsingPeer {
  readonly state = new Map<string, string>();
  readonly #chaincode = new ChaincodeFromContract([...contracts], {
    transaction: 'json',
    serializers: { json: JSONSerializer },
  });

  async endorse(proposal: Proposal): Promise<Endorsement> {
    const reads = new Map<string, string | undefined>();
    const writes = new Map<string, string>();
    const events: { name: string; payload: string }[] = [];
    const stub = makeStub(this.#handler(reads, writes), proposal);
    stub.setEvent = (name, payload) => void events.push({ name, payload: text(payload) });
    const { status, message = '', payload } = await this.#chaincode.Invoke(stub);
    return { status, message, payload: text(payload ?? new Uint8Array()), reads, writes, events };
  }

  /** As a committing peer judges it: valid only if everything that was read is still as it was. */
  commit({ status, reads, writes }: Endorsement): boolean {
    const isCurrent = [...reads].every(([key, value]) => this.state.get(key) === value);
    if (status !== 200 || !isCurrent) return false;
    for (const [key, value] of writes) this.state.set(key, value);
    return true;
  }

  #handler(reads: Map<string, string | undefined>, writes: Map<string, string>): object {
    const answers = {
      handleGetState: (_collection: string, key: string) => {
        const value = this.state.get(key);
        reads.set(key, value);
        return Promise.resolve(Buffer.from(value ?? ''));
      },
      handlePutState: (_collection: string, key: string, value: Uint8Array) => {
        writes.set(key, text(value));
        return Promise.resolve();
      },
      handleGetStateByRange: (...[, from, to, , , metadata]: [string, string, string, string, string, Uint8Array]) =>
        Promise.resolve(this.#page(from, to, peer.QueryMetadata.deserializeBinary(metadata))),
    };
    return new Proxy(answers, {
      get: (target, name) => {
        if (name in target) return target[name as keyof typeof target];
        throw new Error(`chaincode asked its peer for ${String(name)}`);
      },
    });
  }

  /** A bookmark is the first key of the next page, as LevelDB has it. */
  #page(from: string, to: string, query: peer.QueryMetadata): object {
    const start = query.getBookmark() || from;
    const keys = [...this.state.keys()].filter((key) => key >= start && key < to).sort();
    const rows = keys.slice(0, query.getPagesize());
    const values = rows.map((key) => ({ key, value: Buffer.from(this.state.get(key) ?? '') }));
    let at = 0;
    const next = () => Promise.resolve(at < values.length ? { value: values[at++], done: false } : { done: true });
    const metadata = { bookmark: keys[rows.length] ?? '', fetchedRecordsCount: rows.length };
    // Nothing at all is no bytes in Protocol Buffers, and then the library has no metadata.
    return { iterator: { next, close: () => Promise.resolve() }, ...(rows.length > 0 && { metadata }) };
  }
}

/** The stub's constructor is not declared by the library: only a peer's message makes one. */
const Stub = ChaincodeStub as unknown as new (
  handler: object,
  channel: string,
  txId: string,
  ...input: [peer.ChaincodeInput, peer.SignedProposal]
) => ChaincodeStub;

function makeStub(handler: object, proposal: Proposal): ChaincodeStub {
  const input = new peer.ChaincodeInput();
  input.setArgsList(proposal.call.map((argument) => Buffer.from(argument)));
  return new Stub(handler, 'c1', proposal.txId, input, signedProposal(proposal));
}

function signedProposal({ by, txId, seconds = 1_700_000_000, transient = {} }: Proposal): peer.SignedProposal {
  const creator = new msp.SerializedIdentity();
  creator.setMspid(by.mspId);
  creator.setIdBytes(Buffer.from(by.certificate));
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(creator.serializeBinary());
  signatureHeader.setNonce(Buffer.from('nonce'));
  const channelHeader = new common.ChannelHeader();
  channelHeader.setTxId(txId);
  channelHeader.setTimestamp(timestamp(channelHeader, seconds));
  const header = new common.Header();
  header.setSignatureHeader(signatureHeader.serializeBinary());
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new peer.ChaincodeProposalPayload();
  payload.setInput(Buffer.from('input'));
  for (const [name, value] of Object.entries(transient)) payload.getTransientmapMap().set(name, Buffer.from(value));
  const proposal = new peer.Proposal();
  proposal.setHeader(header.serializeBinary());
  proposal.setPayload(payload.serializeBinary());
  const signed = new peer.SignedProposal();
  signed.setProposalBytes(proposal.serializeBinary());
  return signed;
}

/** google-protobuf is the library's, not ours: its Timestamp is had by reading one (field 3 of the header, field 1 of it). */
function timestamp(header: common.ChannelHeader, seconds: number): ReturnType<common.ChannelHeader['getTimestamp']> {
  const varint: number[] = [];
  for (let left = seconds; ; left = Math.floor(left / 128)) {
    varint.push((left % 128) | (left >= 128 ? 128 : 0));
    if (left < 128) break;
  }
  const bytes = Uint8Array.of(0x1a, varint.length + 1, 0x08, ...varint);
  return (header.constructor as typeof common.ChannelHeader).deserializeBinary(bytes).getTimestamp();
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
