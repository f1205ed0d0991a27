import { common, peer } from '@hyperledger/fabric-protos';
import { blockHash, headerBytes, sha256 } from '../evidence/block-header.js';
import { openEnvelope, transactionIdOf } from '../evidence/envelope.js';
import { type Member, serialized, signedBy } from './serialized.js';
import type { Cell, Simulation } from './simulation.js';

const { MVCC_READ_CONFLICT, DUPLICATE_TXID, VALID } = peer.TxValidationCode;
type Code = peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap];

const cutEveryMs = 20;
/** Small blocks keep evidence small, which holds whole blocks, and the suites short. */
const envelopesPerBlockMax = 2;

export interface Verdict {
  readonly block: number;
  readonly code: Code;
  readonly envelope: common.Envelope;
}

export interface AnchoredEvent {
  readonly block: number;
  readonly event: peer.ChaincodeEvent;
}

/** Orders envelopes into signed blocks and commits them, as orderer and committer would. */
export class Channel {
  readonly state = new Map<string, Cell>();
  readonly blocks: common.Block[] = [];
  readonly events: AnchoredEvent[] = [];
  readonly verdicts = new Map<string, Verdict>();
  /** Told of each new block. */
  readonly watchers = new Set<() => void>();
  /** No block is cut. */
  isPaused = false;
  /** The verdict on the next transaction, whatever it deserves. */
  nextVerdict: Code | undefined;
  readonly #simulations = new Map<string, Simulation>();
  readonly #pending: common.Envelope[] = [];
  readonly #orderer: Member;
  #isCutting = false;
  #clock: NodeJS.Timeout | undefined;

  constructor(orderer: Member) {
    this.#orderer = orderer;
  }

  async start(configuration: common.Envelope): Promise<void> {
    await this.#cut([configuration]);
    this.#clock = setInterval(() => void this.#cutPending(), cutEveryMs);
  }

  stop(): void {
    clearInterval(this.#clock);
    this.watchers.clear();
  }

  /** What the transaction will do when it is committed. */
  endorsed(transactionId: string, simulation: Simulation): void {
    this.#simulations.set(transactionId, simulation);
  }

  order(envelope: common.Envelope): void {
    this.#pending.push(envelope);
  }

  /** Resolves when there is a block with the transaction. */
  async verdictOn(transactionId: string): Promise<Verdict> {
    for (;;) {
      const verdict = this.verdicts.get(transactionId);
      if (verdict !== undefined) return verdict;
      await new Promise<void>((resolve) => {
        const watcher = () => {
          this.watchers.delete(watcher);
          resolve();
        };
        this.watchers.add(watcher);
      });
    }
  }

  async #cutPending(): Promise<void> {
    if (this.isPaused || this.#isCutting || this.#pending.length === 0) return;
    this.#isCutting = true;
    while (this.#pending.length > 0) await this.#cut(this.#pending.splice(0, envelopesPerBlockMax));
    this.#isCutting = false;
  }

  async #cut(envelopes: readonly common.Envelope[]): Promise<void> {
    const number = this.blocks.length;
    const previous = this.blocks.at(-1)?.getHeader();
    const bytes = envelopes.map((envelope) => envelope.serializeBinary());
    const header = new common.BlockHeader();
    header.setNumber(number);
    header.setPreviousHash(previous === undefined ? new Uint8Array(0) : blockHash(plain(previous)));
    header.setDataHash(sha256(...bytes));
    const data = new common.BlockData();
    data.setDataList(bytes);
    const signatures = await this.#sign(header);
    const flags = number === 0 ? [VALID] : envelopes.map((envelope, at) => this.#commit(envelope, number, at));
    const metadata = new common.BlockMetadata();
    metadata.setMetadataList([signatures, new Uint8Array(0), Uint8Array.from(flags)]);
    const block = new common.Block();
    block.setHeader(header);
    block.setData(data);
    block.setMetadata(metadata);
    this.blocks.push(block);
    for (const watcher of [...this.watchers]) watcher();
  }

  async #sign(header: common.BlockHeader): Promise<Uint8Array> {
    const signer = new common.SignatureHeader();
    signer.setCreator(serialized(this.#orderer));
    const inForce = new common.OrdererBlockMetadata();
    inForce.setLastConfig(new common.LastConfig());
    const value = inForce.serializeBinary();
    const message = Buffer.concat([value, signer.serializeBinary(), headerBytes(plain(header))]);
    const entry = new common.MetadataSignature();
    entry.setSignatureHeader(signer.serializeBinary());
    entry.setSignature(await signedBy(this.#orderer, message));
    const metadata = new common.Metadata();
    metadata.setValue(value);
    metadata.addSignatures(entry);
    return metadata.serializeBinary();
  }

  #commit(envelope: common.Envelope, block: number, position: number): Code {
    const transactionId = transactionIdOf(envelope.serializeBinary()) ?? '';
    if (this.verdicts.has(transactionId)) return DUPLICATE_TXID;
    const simulation = this.#simulations.get(transactionId) ?? emptySimulation;
    const isStale = [...simulation.reads].some(([key, cell]) => this.state.get(key) !== cell);
    const code = this.nextVerdict ?? (isStale ? MVCC_READ_CONFLICT : VALID);
    this.nextVerdict = undefined;
    this.verdicts.set(transactionId, { block, code, envelope });
    if (code !== VALID) return code;
    for (const [key, value] of simulation.writes) this.state.set(key, { value, block, position });
    const event = eventIn(envelope);
    if (event !== undefined) this.events.push({ block, event });
    return code;
  }
}

const emptySimulation: Simulation = { reads: new Map(), writes: new Map() };

function eventIn(envelope: common.Envelope): peer.ChaincodeEvent | undefined {
  const { responsePayload } = openEnvelope(envelope.serializeBinary());
  const extension = peer.ProposalResponsePayload.deserializeBinary(responsePayload).getExtension_asU8();
  const bytes = peer.ChaincodeAction.deserializeBinary(extension).getEvents_asU8();
  return bytes.length === 0 ? undefined : peer.ChaincodeEvent.deserializeBinary(bytes);
}

function plain(header: common.BlockHeader) {
  return {
    number: header.getNumber(),
    previousHash: header.getPreviousHash_asU8(),
    dataHash: header.getDataHash_asU8(),
  };
}
