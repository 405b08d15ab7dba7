import type { Session } from 'rxcql';
import { cql, type CqlRequest, type CqlResponse, opcode, when } from 'rxcql/testing';
import { Observable } from 'rxjs';
import { describe, expect } from 'vitest';
import { amount } from './long.js';
import { type Asked, inOrder, scenario, type World } from './oracles.js';
import { echo, READ } from './tokens.js';
import { pause, until } from './waiting.js';

const READS = opcode('EXECUTE').and(cql(READ));

const connectionsOf = (world: World): number => [...world.connections].filter(({ isOpen }) => isOpen).length;
const orphansOf = (world: World): number => [...world.connections].reduce((sum, { orphaned }) => sum + orphaned, 0);

describe.each([4, 5] as const)('answers that come when nobody waits for them, in v%i', (protocolVersion) => {
  scenario('R21 a second after the timeout, while others use the connection', {}, async (world) => {
    const timeout = 200;
    const server = await world.server([
      when(READS)
        .delay(timeout + 1_000)
        .reply(echo),
    ]);
    const session = await world.session(server, { protocolVersion });
    await world.upsert(session).ended;
    const before = connectionsOf(world);
    const late: Asked[] = [];
    const others: Asked[] = [];
    for (let i = 0; i < amount(100, 2_000); i++) {
      late.push(world.read(session, { timeout }));
      others.push(world.upsert(session));
      if (i % 10 === 0) await pause(10);
    }
    const codes = new Set((await Promise.all(late.map(({ ended }) => ended))).map(({ error }) => error?.['code']));
    expect([...codes]).toEqual(['ERR_RXCQL_REQUEST_TIMEOUT']);
    expect(orphansOf(world)).toBeGreaterThan(0);
    while (orphansOf(world) > 0) others.push(await world.upsert(session).ended);
    for (const { ended } of others) expect((await ended).error).toBeUndefined();
    expect(connectionsOf(world)).toBe(before);
  });

  scenario('R22 never, one in four: the connection is replaced, and no other request fails', {}, async (world) => {
    const seconds = amount(3, 60);
    const perSecond = 800;
    const timeout = 400;
    let count = 0;
    const isLost = new Set<string>();
    const server = await world.server([when(READS.and(({ values }) => isLost.has(values[0] as string))).drop()]);
    const session = await world.session(server, { protocolVersion });
    await world.read(session).ended;
    const { accepted } = server;
    const asked: Asked[] = [];
    const since = world.time.now();
    while (world.time.now() - since < seconds * 1_000) {
      const due = Math.floor(((world.time.now() - since) / 1_000) * perSecond);
      for (; count < due; count++) {
        const one = world.read(session, { timeout });
        if (count % 4 === 0) isLost.add(one.token);
        asked.push(one);
      }
      await pause(5);
    }
    const lost = asked.filter(({ token }) => isLost.has(token));
    const rest = asked.filter(({ token }) => !isLost.has(token));
    for (const { ended } of lost) expect((await ended).error).toMatchObject({ code: 'ERR_RXCQL_REQUEST_TIMEOUT' });
    const answered = (await Promise.all(rest.map(({ ended }) => ended))).filter(({ error }) => error === undefined);
    expect(answered.length / rest.length).toBeGreaterThan(0.9);
    expect(rest.filter(({ error }) => error !== undefined).map(({ error }) => error!.message)).toEqual([]);
    // 256 orphans a second old are too many; there are 200 more each second.
    expect(server.accepted - accepted).toBeGreaterThanOrEqual(1);
    expect(server.accepted - accepted).toBeLessThanOrEqual(Math.ceil((seconds * perSecond) / 4 / 256) + 1);
    isLost.clear();
    await world.recovers(() => world.read(session));
  });

  scenario('R22 and the connection is lost while it still waits for one that is in flight', {}, async (world) => {
    let isSilent = false;
    let last = 0;
    const server = await world.server([when(opcode('EXECUTE').and(() => isSilent)).drop()]);
    server.requests.subscribe((request) => {
      if (request.opcode === 'EXECUTE') last = request.connection;
    });
    const session = await world.session(server, { protocolVersion });
    await world.warmUp(session);
    const { accepted } = server;
    const told: string[] = [];
    session.events.subscribe(({ type }) => told.push(type));
    isSilent = true;
    const write = world.write(session);
    const lost = Array.from({ length: 256 }, () => world.read(session, { timeout: 100 }));
    for (const { ended } of lost) expect((await ended).error).toMatchObject({ code: 'ERR_RXCQL_REQUEST_TIMEOUT' });
    isSilent = false;
    const old = last;
    await until(() => server.accepted > accepted);
    await world.recovers(() => world.read(session));
    server.disconnect(old, 'reset');
    expect((await write.ended).error).toMatchObject({ name: 'ConnectionError', outcome: 'unknown' });
    await world.recovers(() => world.read(session));
    // It was replaced before: nothing has happened to the node.
    expect(told).toEqual(['connectionClosed', 'connectionOpened']);
  });

  scenario('R23 in any order', {}, async (world) => {
    for (let round = 0; round < amount(1, 100); round++) {
      const { session, held, release } = await holding(world, protocolVersion);
      const asked = await bitByBit(1_000, () => world.read(session));
      await until(() => held.length === 1_000);
      await release(shuffled(held));
      for (const { ended } of asked) expect((await ended).error).toBeUndefined();
    }
  });

  scenario('R23 twice: the connection ends, and what is in flight goes elsewhere or fails', {}, async (world) => {
    for (let round = 0; round < amount(1, 100); round++) {
      const { session, held, release } = await holding(world, protocolVersion);
      const reads = await bitByBit(500, () => world.read(session));
      const writes = await bitByBit(500, () => world.write(session));
      await until(() => held.length === 1_000);
      const [first, second, ...others] = shuffled(held);
      await release([first!, second!, first!, ...others]);
      const outcomes = await Promise.all([...reads, ...writes].map(({ ended }) => ended));
      const answered = outcomes.filter(({ error }) => error === undefined);
      const failed = outcomes.filter(({ error }) => error !== undefined);
      // The two that were answered before, and all reads, which the other node is asked.
      expect(answered.length).toBeGreaterThanOrEqual(500);
      expect(answered.length).toBeLessThanOrEqual(502);
      for (const { error } of failed) expect(error).toMatchObject({ name: 'ConnectionError', outcome: 'unknown' });
      expect(failed[0]!.error!.cause).toMatchObject({ code: 'ERR_RXCQL_PROTOCOL' });
      await world.recovers(() => world.upsert(session));
    }
  });
});

/** Does something so often, a hundred times a turn: it is not what the scenario itself does at once that is measured. */
async function bitByBit<T>(count: number, act: (index: number) => T): Promise<T[]> {
  const done: T[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 100 === 99) await pause(0);
    done.push(act(i));
  }
  return done;
}

interface Held {
  readonly answer: () => void;
}

/** A session whose first node keeps its answers until they are released, in the order given; the second answers at once. */
async function holding(
  world: World,
  protocolVersion: 4 | 5,
): Promise<{ session: Session; held: Held[]; release: (answers: readonly Held[]) => Promise<unknown> }> {
  const held: Held[] = [];
  let isHolding = false;
  const hold = (request: CqlRequest): Observable<CqlResponse> =>
    new Observable((subscriber) => void held.push({ answer: () => subscriber.next(echo(request)) }));
  const server = await world.server(
    [when(opcode('EXECUTE').and(({ node }) => isHolding && node.startsWith('127.0.0.1:'))).reply(hold)],
    { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] },
  );
  const session = await world.session(server, { protocolVersion, loadBalancing: inOrder });
  await world.warmUp(session);
  isHolding = true;
  return {
    session,
    held,
    release: (answers) => {
      isHolding = false;
      return bitByBit(answers.length, (i) => answers[i]!.answer());
    },
  };
}

function shuffled<T>(values: readonly T[]): T[] {
  const keys = new Map(values.map((value) => [value, Math.random()]));
  return [...values].sort((a, b) => keys.get(a)! - keys.get(b)!);
}
