import type { Provisioned, ProvisionOptions } from './kafka/provision/provision.js';

export type { Provisioned, ProvisionOptions };

/**
 * Creates the topics of the product on a Kafka cluster, puts their settings right and, when asked, gives each service
 * its rights. Never part of a service's start: it takes rights that none of them should have.
 */
export async function provisionKafka(options: ProvisionOptions): Promise<Provisioned> {
  const { provision } = await import('./kafka/provision/provision.js');
  return provision(options);
}
