import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly contactPoint: string;
  /** How many bytes have gone through it. */
  readonly passed: { toServer: number; toClient: number };
  /** Breaks all connections that go through it. */
  cut(): void;
  /** Lets so many bytes more go to the client, and then breaks all connections. */
  cutAfter(bytes: number): void;
  close(): Promise<void>;
}

/** Passes bytes on to `target` (`host:port`) and back, until it is told to cut. */
export async function proxyTo(target: string): Promise<Proxy> {
  const [host, port] = target.split(':') as [string, string];
  const sockets = new Set<Socket>();
  const passed = { toServer: 0, toClient: 0 };
  let left = Infinity;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const [socket, other, direction] of [
      [client, upstream, 'toServer'],
      [upstream, client, 'toClient'],
    ] as const) {
      sockets.add(socket);
      socket.on('data', (chunk) => {
        const bytes = direction === 'toClient' ? chunk.subarray(0, left) : chunk;
        passed[direction] += bytes.length;
        other.write(bytes);
        if (direction === 'toServer') return;
        left -= bytes.length;
        if (left > 0) return;
        left = Infinity;
        // What was passed on before has to arrive.
        for (const one of sockets) one.destroySoon();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    contactPoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    cut,
    cutAfter: (bytes) => {
      left = bytes;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}
