import { credentials, type ClientDuplexStream } from '@grpc/grpc-js';
import { ledger, peer } from '@hyperledger/fabric-protos';
import type { Cell, Simulation } from './simulation.js';

type Message = peer.ChaincodeMessage;
type MessageType = peer.ChaincodeMessage.TypeMap[keyof peer.ChaincodeMessage.TypeMap];
const types = peer.ChaincodeMessage.Type;

const readyDeadlineMs = 20_000;

interface Running {
  readonly simulation: Simulation;
  readonly end: (message: Message) => void;
}

export interface Simulated {
  readonly simulation: Simulation;
  readonly response: peer.Response;
  readonly event: peer.ChaincodeEvent | undefined;
}

export interface Invocation {
  readonly transactionId: string;
  readonly input: peer.ChaincodeInput;
  readonly proposal: peer.SignedProposal;
}

/** A peer's end of the stream to a chaincode process: runs transactions on the committed state without changing it. */
export class ChaincodeLine {
  readonly #channel: string;
  readonly #state: ReadonlyMap<string, Cell>;
  readonly #client: peer.ChaincodeClient;
  readonly #running = new Map<string, Running>();
  #stream: ClientDuplexStream<Message, Message> | undefined;

  constructor(channel: string, state: ReadonlyMap<string, Cell>, address: string) {
    this.#channel = channel;
    this.#state = state;
    this.#client = new peer.ChaincodeClient(address, credentials.createInsecure());
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#client.waitForReady(Date.now() + readyDeadlineMs, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    await new Promise<void>((resolve) => {
      this.#stream = this.#client.connect();
      this.#stream.on('data', (message: Message) => {
        if (message.getType() !== types.REGISTER) {
          this.#receive(message);
          return;
        }
        this.#send(types.REGISTERED, '');
        this.#send(types.READY, '');
        resolve();
      });
      this.#stream.on('error', () => undefined); // our own cancel, at the end
    });
  }

  close(): void {
    this.#stream?.cancel();
    this.#client.close();
  }

  /** Any number at once, but one after the other for one transaction id: the chaincode tells them apart by it. */
  async simulate({ transactionId, input, proposal }: Invocation): Promise<Simulated> {
    const simulation: Simulation = { reads: new Map(), writes: new Map() };
    const message = await new Promise<Message>((end) => {
      this.#running.set(transactionId, { simulation, end });
      this.#send(types.TRANSACTION, transactionId, { payload: input.serializeBinary(), proposal });
    });
    this.#running.delete(transactionId);
    const response = peer.Response.deserializeBinary(message.getPayload_asU8());
    return { simulation, response, event: message.getChaincodeEvent() };
  }

  #send(
    type: MessageType,
    transactionId: string,
    { payload, proposal }: { readonly payload?: Uint8Array; readonly proposal?: peer.SignedProposal } = {},
  ): void {
    const message = new peer.ChaincodeMessage();
    message.setType(type);
    message.setTxid(transactionId);
    message.setChannelId(this.#channel);
    message.setPayload(payload ?? new Uint8Array(0));
    if (proposal) message.setProposal(proposal);
    this.#stream?.write(message);
  }

  #receive(message: Message): void {
    const transactionId = message.getTxid();
    const running = this.#running.get(transactionId);
    if (running === undefined) return;
    const type = message.getType();
    if (type === types.COMPLETED || type === types.ERROR) running.end(message);
    else {
      const payload = this.#answer(type, message.getPayload_asU8(), running.simulation);
      this.#send(types.RESPONSE, transactionId, { payload });
    }
  }

  #answer(type: MessageType, body: Uint8Array, { reads, writes }: Simulation): Uint8Array {
    if (type === types.GET_STATE) {
      const key = peer.GetState.deserializeBinary(body).getKey();
      const cell = this.#state.get(key);
      reads.set(key, cell);
      return cell?.value ?? new Uint8Array(0);
    }
    if (type === types.PUT_STATE) {
      const put = peer.PutState.deserializeBinary(body);
      writes.set(put.getKey(), put.getValue_asU8());
      return new Uint8Array(0);
    }
    if (type === types.GET_STATE_BY_RANGE) return this.#page(peer.GetStateByRange.deserializeBinary(body));
    if (type === types.QUERY_STATE_CLOSE) return new peer.QueryResponse().serializeBinary();
    throw new Error(`message type ${type} is not imitated`);
  }

  #page(range: peer.GetStateByRange): Uint8Array {
    const query = peer.QueryMetadata.deserializeBinary(range.getMetadata_asU8());
    const from = query.getBookmark() || range.getStartkey();
    const keys = [...this.#state.keys()].filter((key) => key >= from && key < range.getEndkey()).sort();
    const response = new peer.QueryResponse();
    for (const key of keys.slice(0, query.getPagesize())) {
      const row = new ledger.queryresult.KV();
      row.setKey(key);
      row.setValue(this.#state.get(key)?.value ?? new Uint8Array(0));
      const wrapped = new peer.QueryResultBytes();
      wrapped.setResultbytes(row.serializeBinary());
      response.addResults(wrapped);
    }
    const page = new peer.QueryResponseMetadata();
    page.setFetchedRecordsCount(response.getResultsList().length);
    page.setBookmark(keys[query.getPagesize()] ?? '');
    response.setMetadata(page.serializeBinary());
    response.setId('page');
    return response.serializeBinary();
  }
}
