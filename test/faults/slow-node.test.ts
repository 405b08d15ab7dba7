import { constantSpeculation } from 'rxcql';
import { node, opcode, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { amount } from './long.js';
import { type Asked, inOrder, scenario } from './oracles.js';
import { echo } from './tokens.js';
import { pause } from './waiting.js';

describe.each([4, 5] as const)('a node that is slow, in v%i', (protocolVersion) => {
  scenario('R28 is not waited for where requests are sent to another as well', {}, async (world) => {
    const delay = 100;
    let isSlow = false;
    const executed: string[] = [];
    const server = await world.server(
      [
        when(
          opcode('EXECUTE')
            .and(node('127.0.0.1'))
            .and(() => isSlow),
        )
          .delay(2_000)
          .reply(echo),
      ],
      { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] },
    );
    const session = await world.session(server, {
      protocolVersion,
      loadBalancing: inOrder,
      speculation: constantSpeculation({ delay }),
    });
    await world.warmUp(session);
    server.requests.subscribe((request) => {
      if (request.opcode === 'EXECUTE') executed.push(`${request.node.split(':')[0]!} ${String(request.values[0])}`);
    });
    executed.length = 0;
    isSlow = true;
    const asked: Asked[] = [];
    const writes: Asked[] = [];
    for (let i = 0; i < amount(20, 1_000); i++) {
      asked.push(world.read(session), world.upsert(session));
      writes.push(world.write(session));
      await pause(5);
    }
    for (const { ended } of asked) {
      const { error, page, took } = await ended;
      expect(error).toBeUndefined();
      expect(page!).toMatchObject({ attempts: 2, coordinator: `127.0.0.2:${server.port}` });
      expect(took).toBeLessThan(delay + 50);
    }
    const orphans = [...world.connections].reduce((sum, { orphaned }) => sum + orphaned, 0);
    expect(orphans).toBe(asked.length);
    for (const { ended } of writes) {
      const { error, page } = await ended;
      expect(error).toBeUndefined();
      expect(page!).toMatchObject({ attempts: 1, coordinator: `127.0.0.1:${server.port}` });
    }
    for (const { token } of writes) expect(executed.filter((one) => one.endsWith(` ${token}`)).length).toBe(1);
    isSlow = false;
    await pause(100);
    expect([...world.connections].reduce((sum, { orphaned }) => sum + orphaned, 0)).toBe(0);
    await world.recovers(() => world.read(session));
  });
});
