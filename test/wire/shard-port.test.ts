import { type AddressInfo, createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { defer, firstValueFrom, NEVER, of, throwError } from 'rxjs';
import { ConnectionError } from 'rxcql';
import { describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../../src/wire/connect.js';
import { localPorts, throughShardPort } from '../../src/wire/shard-port.js';
import type { TcpOptions } from '../../src/wire/socket.js';

const target = { port: 19_042, shard: 3, count: 8 };

/** Connects as far as to ask for a socket; which local ports it asked for. */
function asking(codes: readonly (string | undefined)[]) {
  const asked: { port: number; localPort: number | undefined }[] = [];
  const socket = (endpoint: { port: number }, options: TcpOptions) => {
    asked.push({ port: endpoint.port, localPort: options.localPort });
    return () => of();
  };
  const attempt = ({ socket: make }: ConnectOptions) =>
    defer(() => {
      make!({ host: '10.0.0.1', port: 9042 }, { connectTimeout: 1 });
      const code = codes[asked.length - 1];
      if (code === undefined) return of('connected');
      return throwError(() => new ConnectionError('10.0.0.1:9042', 'Taken.', { cause: { code } }));
    });
  const connected = throughShardPort(attempt, { socket } as unknown as ConnectOptions, target, () => 0);
  return { asked, connected: firstValueFrom(connected) };
}

/** Listens; undefined where somebody else does. */
const listening = (port: number, host: string): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server: Server = createServer((socket) => socket.end(`${socket.remotePort}`));
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });

const closed = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve));

describe('localPorts', () => {
  it('are ports for anybody that stand for the shard, each once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1024 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (count, any, start) => {
          const shard = any % count;
          const ports = localPorts({ port: 19_042, shard, count }, start);
          expect(ports.length).toBeGreaterThanOrEqual(16);
          expect(new Set(ports).size).toBe(ports.length);
          for (const port of ports) {
            expect(port % count).toBe(shard);
            expect(port).toBeGreaterThanOrEqual(49_152);
            expect(port).toBeLessThanOrEqual(65_535);
          }
        },
      ),
    );
  });

  it('have all of them in reach, from any of them on', () => {
    const first = [0, 0.5, 0.999_999].map((start) => localPorts(target, start)[0]!);
    expect(first).toEqual([49_155, 57_347, 65_531]);
  });
});

describe('throughShardPort', () => {
  it('asks the port of the node from one that is free', async () => {
    const { asked, connected } = asking(['EADDRINUSE', 'EADDRNOTAVAIL', undefined]);
    expect(await connected).toBe('connected');
    expect(asked).toEqual([49_155, 49_163, 49_171].map((localPort) => ({ port: 19_042, localPort })));
  });

  it('does not go on when it is something else that is wrong', async () => {
    const { asked, connected } = asking(['ECONNREFUSED', undefined]);
    await expect(connected).rejects.toThrow('Taken.');
    expect(asked).toHaveLength(1);
  });

  it('gives up when too many ports are taken', async () => {
    const { asked, connected } = asking(new Array<string>(60).fill('EADDRINUSE'));
    await expect(connected).rejects.toThrow('Taken.');
    expect(asked).toHaveLength(50);
  });

  it('connects from the next port where somebody has the first', async () => {
    const server = (await listening(0, '127.0.0.1'))!;
    const { port } = server.address() as AddressInfo;
    for (let shard = 0; ; shard++) {
      const ports = localPorts({ port, shard, count: 1024 }, 0);
      // Nobody can connect from a port on which somebody listens.
      const taken = await listening(ports[0]!, '0.0.0.0');
      if (taken === undefined) continue;
      const attempt = ({ socket }: ConnectOptions) =>
        defer(() => NEVER.pipe(socket!({ host: '127.0.0.1', port: 1 }, { connectTimeout: 5_000 })));
      const said = throughShardPort(attempt, {} as ConnectOptions, { port, shard, count: 1024 }, () => 0);
      const from = Number(Buffer.from(await firstValueFrom(said)).toString());
      expect(ports.indexOf(from)).toBeGreaterThanOrEqual(1);
      await closed(taken);
      break;
    }
    await closed(server);
  });
});
