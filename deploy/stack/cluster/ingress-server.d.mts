import type { Server } from 'node:http';

/** Base URLs of the instances of each app. */
export function createIngress(upstreams: { registration: readonly string[]; query: readonly string[] }): Server;
