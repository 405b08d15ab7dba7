import { opcode, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { amount } from './long.js';
import { type Asked, inOrder, scenario } from './oracles.js';
import { until } from './waiting.js';

describe.each([4, 5] as const)('a connection that is lost, in v%i', (protocolVersion) => {
  for (const how of ['reset', 'end'] as const) {
    scenario(`R20 with 1,000 requests in flight, by ${how}`, {}, async (world) => {
      for (let round = 0; round < amount(1, 50); round++) {
        let silent = 0;
        const server = await world.server(
          [when(opcode('EXECUTE').and((request) => request.connection === silent)).drop()],
          {
            nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }],
          },
        );
        // The first node is asked first, and its connection is the one that falls silent.
        const session = await world.session(server, {
          protocolVersion,
          loadBalancing: inOrder,
        });
        await world.warmUp(session);
        const used: number[] = [];
        server.requests.subscribe((request) => void used.push(request.connection));
        await world.read(session).ended;
        silent = used.at(-1)!;
        used.length = 0;

        const asked = { reads: [] as Asked[], upserts: [] as Asked[], writes: [] as Asked[] };
        for (let i = 0; i < 250; i++) {
          asked.reads.push(world.read(session), world.read(session));
          asked.upserts.push(world.upsert(session));
          asked.writes.push(world.write(session));
        }
        await until(() => used.length === 1_000);
        expect(new Set(used)).toEqual(new Set([silent]));
        const since = world.time.now();
        server.disconnect(silent, how);
        const everything = await Promise.all(Object.values(asked).flatMap((some) => some.map(({ ended }) => ended)));
        expect(world.time.now() - since).toBeLessThan(1_000);
        expect(everything.length).toBe(1_000);
        const outcomes = (some: Asked[]): unknown[] => [
          ...new Set(some.map(({ error }) => error?.['outcome'] ?? error)),
        ];
        expect([outcomes(asked.reads), outcomes(asked.upserts)]).toEqual([[undefined], [undefined]]);
        expect(asked.reads[0]!.page!.coordinator).toMatch(/^127\.0\.0\.2:/);
        expect(outcomes(asked.writes)).toEqual(['unknown']);
        expect(asked.writes.every(({ error }) => error!.name === 'ConnectionError')).toBe(true);
        await world.recovers(() => world.read(session));
      }
    });
  }
});
