import { randomInt } from 'node:crypto';
import { connect, isIP, type Socket, Socket as NetSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import kafkajs, { type ISocketFactory, type Kafka, type SASLOptions } from 'kafkajs';
import { beatByAnyClock } from './beat-by-any-clock.js';
import { registerCodecs } from './codecs.js';
import type { KafkaConnection } from './kafka-options.js';
import { restIdleConnections } from './rest-idle-connections.js';

const keepAliveMs = 60_000;

export const clientLimits = {
  connectionTimeoutMs: 2_000,
  authenticationTimeoutMs: 5_000,
  /** A broker that does not answer within this is not waited for: it may hang with its sockets open. */
  requestTimeoutMs: 5_000,
  /** A timeout alone does not make kafkajs look for a new leader; this does. */
  metadataMaxAgeMs: 5_000,
  /** Said in full everywhere: kafkajs has other defaults under NODE_ENV=test. */
  retry: { initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2, retries: 5 },
};

/** A kafkajs client whose every connection can be cut at once and for good. */
export interface KafkaClient {
  readonly kafka: Kafka;
  /**
   * Nothing gets out any more, from nowhere inside: kafkajs retries in the background and connects again on its own
   * after `disconnect`, and what was given up must not be stored later.
   */
  fence(): void;
}

export function openKafkaClient(connection: KafkaConnection): KafkaClient {
  registerCodecs();
  restIdleConnections();
  beatByAnyClock();
  const { clientId, brokers, tls, sasl } = connection;
  const sockets = new Set<Socket>();
  let isFenced = false;
  const socketFactory: ISocketFactory = (wanted) => {
    const socket = isFenced ? refused() : dial(wanted);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // kafkajs may be done with a socket when it is cut.
    socket.on('error', () => undefined);
    return socket;
  };
  const kafka = new kafkajs.Kafka({
    clientId,
    brokers: fromAnyOnwards(brokers),
    ...(tls ? { ssl: { ...tls, ca: [tls.ca] } } : {}),
    ...(sasl ? { sasl: { mechanism: 'scram-sha-512', ...sasl } as SASLOptions } : {}),
    connectionTimeout: clientLimits.connectionTimeoutMs,
    authenticationTimeout: clientLimits.authenticationTimeoutMs,
    requestTimeout: clientLimits.requestTimeoutMs,
    retry: clientLimits.retry,
    socketFactory,
    // Whatever matters comes as an error, an event or `report`; its log lines quote what brokers say.
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const fence = (): void => {
    isFenced = true;
    // With an error: kafkajs does not look at sockets that only close, and would watch over them for ever.
    for (const socket of sockets) socket.destroy(cut());
  };
  return { kafka, fence };
}

/**
 * kafkajs begins each client with the first of its list, and waits for it: when that one hangs, every new client would
 * lose as much time as the callers of a publish have.
 */
function fromAnyOnwards(brokers: readonly string[]): string[] {
  const at = randomInt(Math.max(1, brokers.length));
  return [...brokers.slice(at), ...brokers.slice(0, at)];
}

function dial({ host, port, ssl, onConnect }: Parameters<ISocketFactory>[0]): Socket {
  // kafkajs types `ssl` as always there; it is not.
  const secure = ssl as typeof ssl | undefined;
  const servername = isIP(host) ? {} : { servername: host };
  const socket = secure
    ? connectTls({ host, port, ...servername, ...secure }, onConnect)
    : connect(port, host, onConnect);
  socket.setKeepAlive(true, keepAliveMs);
  socket.setNoDelay(true);
  return socket;
}

function refused(): Socket {
  const socket = new NetSocket();
  process.nextTick(() => socket.destroy(cut()));
  return socket;
}

function cut(): Error {
  return new Error('this client was closed');
}
