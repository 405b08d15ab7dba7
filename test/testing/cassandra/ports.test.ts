import { once } from 'node:events';
import { createServer } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { planCluster } from '../../../src/testing/cassandra/cluster-plan.js';
import type { CassandraOptions } from '../../../src/testing/cassandra/options.js';
import { checkPorts, freePorts } from '../../../src/testing/cassandra/ports.js';

const check = (options: CassandraOptions): Promise<unknown> =>
  lastValueFrom(checkPorts(planCluster(options)), { defaultValue: 'free' });

describe('checkPorts', () => {
  it('completes when all are free, and leaves them free', async () => {
    expect(await check({ nodes: 3, host: '127.0.0.81' })).toBe('free');
    expect(await check({ nodes: 3, host: '127.0.0.81' })).toBe('free');
  });

  it.each([9042, 7000])('names the node and the port %i that another program has', async (port) => {
    const server = createServer().listen(port, '127.0.0.83');
    await once(server, 'listening');
    const result = await check({ nodes: 3, host: '127.0.0.81' }).catch((reason: unknown) => reason);
    server.close();
    expect(result).toMatchObject({
      name: 'PortInUseError',
      code: 'ERR_RXCQL_PORT_IN_USE',
      host: '127.0.0.83',
      port,
      message:
        `Port ${port} of 127.0.0.83 is in use: a Cassandra may still be running there. Stop it, or start this one ` +
        'elsewhere (options host, port and storagePort).',
    });
  });
});

describe('freePorts', () => {
  it('emits as many different ones as are asked for', async () => {
    expect(new Set(await lastValueFrom(freePorts(20))).size).toBe(20);
  });
});
