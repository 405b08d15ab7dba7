import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly contactPoint: string;
  /** How many bytes have gone through it. */
  readonly passed: { toServer: number; toClient: number };
  /** Breaks all connections that go through it. */
  cut(): void;
  close(): Promise<void>;
}

/** Passes bytes on to `target` (`host:port`) and back, until it is told to cut. */
export async function proxyTo(target: string): Promise<Proxy> {
  const [host, port] = target.split(':') as [string, string];
  const sockets = new Set<Socket>();
  const passed = { toServer: 0, toClient: 0 };
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const [socket, other, direction] of [
      [client, upstream, 'toServer'],
      [upstream, client, 'toClient'],
    ] as const) {
      sockets.add(socket);
      socket.on('data', (chunk) => {
        passed[direction] += chunk.length;
        other.write(chunk);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    contactPoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
