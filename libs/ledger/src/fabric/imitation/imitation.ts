import { X509Certificate, verify } from 'node:crypto';
import { type handleUnaryCall, Server, ServerCredentials, type ServerWritableStream, status } from '@grpc/grpc-js';
import { common, gateway, msp, peer } from '@hyperledger/fabric-protos';
import { ChaincodeLine } from './chaincode-line.js';
import { Channel } from './channel.js';
import { type Configuration, configurationOf } from './config-block.js';
import { endorsedEnvelope, openProposal, responsePayload } from './endorsed-envelope.js';
import { Failure, statusOf } from './failure.js';
import type { Member } from './serialized.js';
import { systemAnswer } from './system-chaincodes.js';

type EventStream = ServerWritableStream<gateway.SignedChaincodeEventsRequest, gateway.ChaincodeEventsResponse>;
export type Call = 'evaluate' | 'endorse' | 'submit' | 'commitStatus';

export interface Fault {
  readonly failure: Failure;
  /** The call acts, and only its answer is lost. */
  readonly acts?: boolean;
}

export interface ImitationOptions extends Configuration {
  readonly chaincode: string;
  readonly chaincodeAddress: string;
  readonly endorsers: readonly Member[];
  readonly orderer: Member;
}

/** See README.md: an imitation of a gateway, and not Fabric. */
export class Imitation {
  readonly channel: Channel;
  /** Faults to come, by call; each answers once. */
  readonly faults: Record<Call, Fault[]> = { evaluate: [], endorse: [], submit: [], commitStatus: [] };
  /** Calls so far. */
  readonly calls: Record<Call, number> = { evaluate: 0, endorse: 0, submit: 0, commitStatus: 0 };
  readonly endorsers: readonly Member[];
  readonly #options: ImitationOptions;
  readonly #line: ChaincodeLine;
  readonly #server = new Server();
  readonly #streams = new Set<EventStream>();

  constructor(options: ImitationOptions) {
    this.#options = options;
    this.endorsers = options.endorsers;
    this.channel = new Channel(options.orderer);
    this.#line = new ChaincodeLine(options.channel, this.channel.state, options.chaincodeAddress);
  }

  /** Resolves to the address of the gateway. */
  async start(): Promise<string> {
    await this.#line.open();
    await this.channel.start(configurationOf(this.#options));
    this.#server.addService(gateway.GatewayService, {
      evaluate: this.#unary('evaluate', (request: gateway.EvaluateRequest) => this.#evaluate(request)),
      endorse: this.#unary('endorse', (request: gateway.EndorseRequest) => this.#endorse(request)),
      submit: this.#unary('submit', (request: gateway.SubmitRequest) => this.#submit(request)),
      commitStatus: this.#unary('commitStatus', (request: gateway.SignedCommitStatusRequest) => this.#status(request)),
      chaincodeEvents: (call: EventStream) => {
        this.#events(call);
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
        if (error) reject(error);
        else resolve(bound);
      });
    });
    return `127.0.0.1:${port}`;
  }

  stop(): void {
    this.channel.stop();
    this.#line.close();
    this.#server.forceShutdown();
  }

  /** Cuts the lines of all followers, as the end of their peer would. */
  dropFollowers(): void {
    for (const call of this.#streams)
      call.emit('error', Object.assign(new Error('gone'), { code: status.UNAVAILABLE, details: 'gone' }));
  }

  #unary<Request, Answer>(call: Call, answer: (request: Request) => Promise<Answer>): handleUnaryCall<Request, Answer> {
    return ({ request }, reply) => {
      this.calls[call]++;
      const fault = this.faults[call].shift();
      const acting = fault === undefined || fault.acts ? answer(request) : Promise.reject(fault.failure);
      acting
        .then((value) => {
          if (fault) throw fault.failure;
          reply(null, value);
        })
        .catch((error: unknown) => {
          reply(statusOf(error));
        });
    };
  }

  async #evaluate(request: gateway.EvaluateRequest): Promise<gateway.EvaluateResponse> {
    const proposal = request.getProposedTransaction() ?? new peer.SignedProposal();
    const opened = authenticProposal(proposal);
    const args = opened.input.getArgsList_asU8().map((one) => Buffer.from(one).toString());
    const payload = systemAnswer(this.channel, opened.chaincode, args);
    const answer = new gateway.EvaluateResponse();
    const response = new peer.Response();
    response.setStatus(200);
    if (payload !== undefined) response.setPayload(payload);
    answer.setResult(payload === undefined ? (await this.#simulate(opened, proposal)).response : response);
    return answer;
  }

  async #endorse(request: gateway.EndorseRequest): Promise<gateway.EndorseResponse> {
    const proposal = request.getProposedTransaction() ?? new peer.SignedProposal();
    const opened = authenticProposal(proposal);
    opened.body.clearTransientmapMap();
    const payloads: Buffer[] = [];
    // Every endorser simulates for itself; a chaincode that is not deterministic shows here.
    for (let count = 0; count < this.#options.endorsers.length; count++) {
      const simulated = await this.#simulate(opened, proposal);
      this.channel.endorsed(opened.transactionId, simulated.simulation);
      payloads.push(responsePayload(opened, simulated));
    }
    const [first = Buffer.alloc(0)] = payloads;
    if (!payloads.every((one) => one.equals(first)))
      throw new Failure(status.ABORTED, 'failed to endorse', 'ProposalResponsePayloads do not match');
    const answer = new gateway.EndorseResponse();
    answer.setPreparedTransaction(await endorsedEnvelope(opened, first, this.#options.endorsers));
    return answer;
  }

  async #simulate({ chaincode, ...opened }: ReturnType<typeof openProposal>, proposal: peer.SignedProposal) {
    if (chaincode !== this.#options.chaincode) throw new Failure(status.FAILED_PRECONDITION, 'no such chaincode');
    const simulated = await this.#line.simulate({ ...opened, proposal });
    const code = simulated.response.getStatus();
    const said = `chaincode response ${code}, ${simulated.response.getMessage()}`;
    if (code >= 400) throw new Failure(status.ABORTED, 'failed to endorse transaction', said);
    return simulated;
  }

  #submit(request: gateway.SubmitRequest): Promise<gateway.SubmitResponse> {
    const envelope = request.getPreparedTransaction() ?? new common.Envelope();
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const header = payload.getHeader()?.getSignatureHeader_asU8() ?? new Uint8Array(0);
    const creator = common.SignatureHeader.deserializeBinary(header).getCreator_asU8();
    authenticate(creator, envelope.getPayload_asU8(), envelope.getSignature_asU8());
    this.channel.order(envelope);
    return Promise.resolve(new gateway.SubmitResponse());
  }

  async #status(signed: gateway.SignedCommitStatusRequest): Promise<gateway.CommitStatusResponse> {
    const request = gateway.CommitStatusRequest.deserializeBinary(signed.getRequest_asU8());
    authenticate(request.getIdentity_asU8(), signed.getRequest_asU8(), signed.getSignature_asU8());
    const { code, block } = await this.channel.verdictOn(request.getTransactionId());
    const answer = new gateway.CommitStatusResponse();
    answer.setResult(code);
    answer.setBlockNumber(block);
    return answer;
  }

  /** From a block on, or after a transaction in it. */
  #events(call: EventStream): void {
    const request = gateway.ChaincodeEventsRequest.deserializeBinary(call.request.getRequest_asU8());
    let block = request.getStartPosition()?.getSpecified()?.getNumber() ?? this.channel.blocks.length;
    let after = request.getAfterTransactionId();
    const push = () => {
      for (; block < this.channel.blocks.length; block++) {
        const here = this.channel.events.filter((one) => one.block === block).map(({ event }) => event);
        const from = after === '' ? 0 : here.findIndex((event) => event.getTxId() === after) + 1;
        after = '';
        if (here.length === from) continue;
        const answer = new gateway.ChaincodeEventsResponse();
        answer.setBlockNumber(block);
        answer.setEventsList(here.slice(from));
        call.write(answer);
      }
    };
    this.#streams.add(call);
    this.channel.watchers.add(push);
    const end = () => {
      this.#streams.delete(call);
      this.channel.watchers.delete(push);
    };
    call.on('cancelled', end).on('error', end);
    push();
  }
}

function authenticProposal(signed: peer.SignedProposal) {
  const opened = openProposal(signed);
  const creator = common.SignatureHeader.deserializeBinary(opened.header.getSignatureHeader_asU8()).getCreator_asU8();
  authenticate(creator, signed.getProposalBytes_asU8(), signed.getSignature_asU8());
  return opened;
}

function authenticate(creator: Uint8Array, message: Uint8Array, signature: Uint8Array): void {
  const identity = msp.SerializedIdentity.deserializeBinary(creator);
  const certificate = new X509Certificate(Buffer.from(identity.getIdBytes_asU8()));
  if (!verify('sha256', message, certificate.publicKey, signature))
    throw new Failure(status.PERMISSION_DENIED, 'access denied');
}
