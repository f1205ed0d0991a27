import type { Cluster } from '../cluster/cluster.js';
import type { PrivateServices } from '../cluster/services.js';

export const targetKinds = ['app', 'broker', 'database', 'redis', 'peer', 'orderer', 'chaincode'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** One process that faults happen to. */
export interface Target {
  readonly name: string;
  readonly kind: TargetKind;
  readonly kill: () => Promise<unknown>;
  /** Resolves when it serves again. */
  readonly start: () => Promise<unknown>;
  readonly pause: () => void;
  /** Resolves when it serves again. */
  readonly resume: () => Promise<unknown>;
}

/** Every process of the product and of what it stands on. */
export function targetsOf(cluster: Cluster, services: PrivateServices): readonly Target[] {
  const { mariadb, redis } = services;
  const daemons = [['database', mariadb] as const, ['redis', redis] as const].map(([kind, daemon]) => ({
    name: kind,
    kind,
    kill: () => daemon.kill(),
    start: () => daemon.start(),
    pause: () => {
      daemon.pause();
    },
    resume: () => {
      daemon.resume();
      return Promise.resolve();
    },
  }));
  return [...apps(cluster), ...brokers(services), ...daemons, ...fabric(services)];
}

function apps(cluster: Cluster): Target[] {
  return cluster.processes.map((one) => ({
    name: one.name,
    kind: 'app',
    kill: () => one.kill('SIGKILL'),
    start: () => {
      one.start();
      return one.ready();
    },
    pause: () => {
      one.signal('SIGSTOP');
    },
    resume: () => {
      one.signal('SIGCONT');
      return one.ready();
    },
  }));
}

function brokers({ kafka }: PrivateServices): Target[] {
  return kafka.brokers.map((_, index) => ({
    name: `broker-${index + 1}`,
    kind: 'broker',
    kill: () => kafka.kill(index + 1),
    start: () => kafka.start(index + 1),
    pause: () => {
      kafka.pause(index + 1);
    },
    resume: () => {
      kafka.resume(index + 1);
      return Promise.resolve();
    },
  }));
}

function fabric({ fabric: network }: PrivateServices): Target[] {
  if (network === undefined) return [];
  const members = network.names().filter((name) => !name.startsWith('Regulator')); // not in this channel
  return members.map((name) => ({
    name,
    kind: /^o\d+$/.test(name) ? 'orderer' : name.includes('-cc') ? 'chaincode' : 'peer',
    kill: () => network.kill(name),
    start: () => network.start(name),
    pause: () => {
      network.pause(name);
    },
    resume: () => {
      network.resume(name);
      return Promise.resolve();
    },
  }));
}
