import type { Server } from 'node:net';
import type { ListenerAddress } from '@anamnesis/runtime';

/** Binds; resolves to where. Port 0 picks a free one. */
export async function listen(server: Server, port: number, host: string): Promise<ListenerAddress> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return { host: address.address, port: address.port };
}

/** Takes no more; resolves when the last connection has ended. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
}
