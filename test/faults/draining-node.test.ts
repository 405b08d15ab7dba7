import { error, node, opcode, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { type Asked, inOrder, scenario } from './oracles.js';
import { pause, until } from './waiting.js';
import { tokenAskedFor } from './tokens.js';

/** What Cassandra answers on the connections that it has while it is drained. */
const LEAVING = error('Overloaded', { message: 'Server is shutting down' });

describe.each([4, 5] as const)('a node that is drained, in v%i', (protocolVersion) => {
  scenario('R36 sends its requests elsewhere, be they as many as they may', {}, async (world) => {
    let isLeaving = false;
    const server = await world.server(
      [
        when(
          opcode('EXECUTE')
            .and(node('127.0.0.1'))
            .and(() => isLeaving),
        ).reply(LEAVING),
        when(
          opcode('STARTUP')
            .and(node('127.0.0.1'))
            .and(() => isLeaving),
        ).disconnect(),
      ],
      { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] },
    );
    // What is refused is not executed, so that even writes may be sent again: they are counted here.
    world.isExecuted = () => !isLeaving;
    const executed: string[] = [];
    const session = await world.session(server, { protocolVersion, loadBalancing: inOrder });
    await until(() => server.connections === 3);
    await Promise.all([world.read(session).ended, world.write(session).ended, world.upsert(session).ended]);
    let refused = 0;
    server.requests.subscribe((request) => {
      if (request.opcode !== 'EXECUTE') return;
      if (request.node.startsWith('127.0.0.1:')) refused++;
      else executed.push(tokenAskedFor(request));
    });
    refused = 0;
    executed.length = 0;
    isLeaving = true;
    const asked: Asked[] = [];
    for (let i = 0; i < 100; i++) asked.push(world.read(session), world.write(session), world.upsert(session));
    // Far more than a tenth of them, which is what the budget for retries allows.
    for (const { ended } of asked) {
      const answered = await ended;
      expect(answered.error).toBeUndefined();
      expect(answered.page!.coordinator).toBe(`127.0.0.2:${server.port}`);
    }
    expect(refused).toBe(300);
    expect(executed.sort()).toEqual(asked.map(({ token }) => token).sort());
    // And it is asked nothing more.
    await Promise.all(Array.from({ length: 100 }, () => world.write(session).ended));
    await pause(50);
    expect(refused).toBe(300);
    isLeaving = false;
    await world.recovers(() => world.read(session));
  });
});
