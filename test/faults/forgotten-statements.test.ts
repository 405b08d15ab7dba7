import { createHash } from 'node:crypto';
import { roundRobin } from 'rxcql';
import { error, opcode, prepared, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { amount } from './long.js';
import { scenario } from './oracles.js';
import { PREPARED_READ, READ } from './tokens.js';

const NODES = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }, { host: '127.0.0.3' }];

describe.each([4, 5] as const)('a statement that nodes do not know, in v%i', (protocolVersion) => {
  const options = { protocolVersion, loadBalancing: roundRobin() };

  scenario(
    'R26 whatever is executed: prepared again three times for a request, and once at a time',
    {},
    async (world) => {
      /** How many PREPAREs of a statement each node is busy with, and was at most. */
      const busy = new Map<string, number>();
      let most = 0;
      let prepares = 0;
      let executes = 0;
      let isForgetful = false;
      const server = await world.server(
        [
          when(opcode('PREPARE').and(() => isForgetful))
            .delay(20)
            .reply((request) => {
              const key = `${request.node} ${request.cql!}`;
              busy.set(key, busy.get(key)! - 1);
              return request.cql === READ ? PREPARED_READ : prepared();
            }),
          when(opcode('EXECUTE').and(() => isForgetful)).reply(error('Unprepared')),
        ],
        { nodes: NODES },
      );
      const session = await world.session(server, options);
      await Promise.all([world.read(session).ended, world.upsert(session).ended]);
      server.requests.subscribe(({ opcode: name, node, cql: text }) => {
        if (name === 'EXECUTE') executes++;
        if (name !== 'PREPARE') return;
        prepares++;
        const key = `${node} ${text!}`;
        busy.set(key, (busy.get(key) ?? 0) + 1);
        most = Math.max(most, busy.get(key)!);
      });
      isForgetful = true;
      world.isExecuted = () => !isForgetful;
      [prepares, executes] = [0, 0];
      const each = amount(50, 2_000);
      const asked = Array.from({ length: each }, () => [
        world.read(session),
        world.upsert(session),
        world.write(session),
      ]).flat();
      for (const { ended } of asked) expect((await ended).error).toMatchObject({ kind: 'Unprepared', attempts: 4 });
      expect(most).toBe(1);
      // Four attempts of each request, and all that wait for a PREPARE share it.
      expect(executes).toBe(4 * 3 * each);
      expect(prepares).toBeLessThanOrEqual(1 + 3 * 3 * NODES.length);
      isForgetful = false;
      await world.recovers(() => world.read(session));
    },
  );

  scenario('R26 after all nodes have forgotten them, succeeds', {}, async (world) => {
    const server = await world.server([], { nodes: NODES });
    const session = await world.session(server, options);
    let prepares = 0;
    server.requests.subscribe(({ opcode: name }) => {
      if (name === 'PREPARE') prepares++;
    });
    for (let round = 0; round < amount(3, 100); round++) {
      await Promise.all([world.read(session).ended, world.upsert(session).ended]);
      prepares = 0;
      server.forgetStatements();
      const asked = Array.from({ length: 300 }, () => [world.read(session), world.upsert(session)]).flat();
      for (const { ended } of asked) expect((await ended).error).toBeUndefined();
      // The nodes of this server share what they know.
      expect(prepares).toBeLessThanOrEqual(2 * NODES.length);
    }
  });

  scenario('R27 until it is prepared again, under another id', {}, async (world) => {
    let isOther = false;
    let prepares = 0;
    const other = prepared({ parameters: { k: 'text' }, id: createHash('md5').update('other').digest() });
    const server = await world.server([
      when(opcode('PREPARE').and(() => isOther)).reply(other),
      when(opcode('EXECUTE').and(() => isOther)).reply(error('Unprepared')),
    ]);
    const session = await world.session(server, options);
    await Promise.all([world.read(session).ended, world.upsert(session).ended]);
    server.requests.subscribe(({ opcode: name }) => {
      if (name === 'PREPARE') prepares++;
    });
    isOther = true;
    prepares = 0;
    const asked = Array.from({ length: 50 }, () => [world.read(session), world.upsert(session)]).flat();
    for (const { ended } of asked) {
      expect((await ended).error).toMatchObject({ code: 'ERR_RXCQL_PROTOCOL', attempts: 1 });
    }
    expect(asked[0]!.error!.message).toMatch(/by another id/);
    expect(prepares).toBe(2);
    isOther = false;
    await world.recovers(() => world.read(session));
  });

  scenario('R27 and that cannot be prepared again: the error is the server’s', {}, async (world) => {
    let isGone = false;
    let prepares = 0;
    const server = await world.server([
      when(opcode('PREPARE').and(() => isGone)).reply(error('Invalid', { message: 'no such table' })),
      when(opcode('EXECUTE').and(() => isGone)).reply(error('Unprepared')),
    ]);
    const session = await world.session(server, options);
    await Promise.all([world.read(session).ended, world.upsert(session).ended]);
    server.requests.subscribe(({ opcode: name }) => {
      if (name === 'PREPARE') prepares++;
    });
    isGone = true;
    prepares = 0;
    const asked = Array.from({ length: 50 }, () => [world.read(session), world.upsert(session)]).flat();
    for (const { ended } of asked)
      expect((await ended).error).toMatchObject({ kind: 'Invalid', message: 'no such table' });
    expect(prepares).toBe(2);
    isGone = false;
    await world.recovers(() => world.read(session));
  });
});
