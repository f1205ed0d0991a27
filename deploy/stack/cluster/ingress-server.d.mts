import type { Server } from 'node:http';

/** Base URLs of the instances of each app. */
export function createIngress(
  instances: Readonly<Record<'registration' | 'adapter-hl7' | 'query', readonly string[]>>,
): Server;
