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

/** How bytes are passed on: in the pieces that they are cut in, one a turn of the event loop. */
export type Cut = (bytes: Buffer) => Buffer[];

export interface ProxyOptions {
  /** Default: as they come. */
  readonly cut?: Cut | undefined;
  /** How long to wait between two pieces, in milliseconds. Default: until the next turn. */
  readonly pause?: number;
  /** How long to collect bytes before they are passed on, in milliseconds. Default: not at all. */
  readonly collect?: number;
}

/** Passes bytes on to `target` (`host:port`) and back, until it is told to cut. */
export async function proxyTo(target: string, options: ProxyOptions = {}): Promise<Proxy> {
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
      sockets.add(socket.setNoDelay());
      const passOn = inPieces(other, options);
      socket.on('data', (chunk) => {
        const bytes = direction === 'toClient' ? chunk.subarray(0, left) : chunk;
        passed[direction] += bytes.length;
        passOn(bytes);
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

/** What writes bytes to a socket as the options say. */
function inPieces(target: Socket, { cut, pause = 0, collect }: ProxyOptions): (bytes: Buffer) => void {
  const later = (work: () => void, milliseconds: number): unknown =>
    milliseconds === 0 ? setImmediate(work) : setTimeout(work, milliseconds);
  if (cut === undefined && collect === undefined) return (bytes) => target.write(bytes);
  let waiting: Buffer[] = [];
  let isBusy = false;
  const next = (): void => {
    const piece = waiting.shift();
    isBusy = piece !== undefined;
    if (piece === undefined) return;
    target.write(piece);
    later(next, pause);
  };
  return (bytes) => {
    if (collect === undefined) waiting.push(...cut!(bytes));
    else if (waiting.length === 0) waiting = [bytes];
    else waiting[0] = Buffer.concat([waiting[0]!, bytes]);
    if (isBusy) return;
    isBusy = true;
    later(next, collect ?? 0);
  };
}
