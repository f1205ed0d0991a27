import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and its server, and can lose an answer: the request arrives, and then the line is cut. */
export interface CuttingProxy {
  readonly port: number;
  /** Cuts the next connection on which these bytes are sent, once the server has answered them. */
  loseAnswerTo(request: string): void;
  close(): void;
}

export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  let lost: string | undefined;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    let isLosing = false;
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', cut);
    }
    client.on('data', (bytes) => {
      if (lost !== undefined && bytes.includes(lost)) {
        isLosing = true;
        lost = undefined;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (isLosing) cut();
      else client.write(bytes);
    });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    loseAnswerTo: (request) => {
      lost = request;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}
