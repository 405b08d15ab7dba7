import { CqlError, type Session } from 'rxcql';
import { cql, node, opcode, type Rule, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { amount, isLong } from './long.js';
import { inOrder, scenario, type World } from './oracles.js';
import { echo, READ, WRITE } from './tokens.js';
import { pause, stopwatch, until } from './waiting.js';

const NODES = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }];
const FIRST = node('127.0.0.1');
const READS = opcode('EXECUTE').and(cql(READ));
const WRITES = opcode('EXECUTE').and(cql(WRITE));

function flipped(bytes: Buffer, bit: number): Buffer {
  const damaged = Buffer.from(bytes);
  damaged[bit >> 3]! ^= 1 << (bit & 7);
  return damaged;
}

/** Waits until requests go to the first node again. */
async function backAtFirst(world: World, session: Session): Promise<void> {
  while (!(await world.read(session).ended).page!.coordinator.startsWith('127.0.0.1:')) await pause(1);
}

for (const compression of [undefined, 'lz4'] as const) {
  scenario(
    `R04 a bit of v5 that is not what it was ends the connection, ${compression ?? 'plain'}`,
    { timeout: 60_000 },
    async (world) => {
      let bit = -1;
      let bits = 0;
      const rules = [
        when(READS.and(FIRST).and(() => bit >= 0))
          .reply(echo)
          .transform((bytes) => {
            bits = bytes.length * 8;
            return flipped(bytes, bit);
          }),
        when(WRITES.and(FIRST).and(() => bit >= 0)).drop(),
      ];
      const server = await world.server(rules, { nodes: NODES, compression: 'lz4' });
      const session = await world.session(server, {
        protocolVersion: 5,
        loadBalancing: inOrder,
        reconnection: () => 0,
        ...(compression && { compression }),
      });
      await world.warmUp(session);
      const [header, trailer] = [(compression === undefined ? 6 : 8) * 8, 4 * 8];
      for (let next = 0; next === 0 || next < bits;) {
        await backAtFirst(world, session);
        bit = next;
        const [write, read] = [world.write(session), world.read(session)];
        const [lost, answered] = await Promise.all([write.ended, read.ended]);
        bit = -1;
        expect(answered.error, `bit ${next}`).toBeUndefined();
        expect(answered.page!.attempts, `bit ${next}`).toBe(2);
        expect(lost.error).toMatchObject({ name: 'ConnectionError', outcome: 'unknown', attempts: 1 });
        expect(lost.error!.cause).toMatchObject({ code: 'ERR_RXCQL_PROTOCOL' });
        // Of the payload, some bits stand for the others: its checksum is tested bit by bit in test/codec.
        const isInside = next >= header && next < bits - trailer;
        next += isLong || !isInside ? 1 : 29;
      }
      await world.recovers(() => world.read(session));
    },
  );
}

/** Whether a request ends, and with what: a page, or an error that says what it is. */
async function outcomeOf(session: Session, timeout: number): Promise<string> {
  return new Promise((resolve) =>
    session.execute(READ, ['x'], { timeout, idempotent: false }).subscribe({
      next: (page) => {
        try {
          resolve(`${page.toArray().length} rows`);
        } catch (error) {
          resolve(error instanceof CqlError ? error.code : String(error));
        }
      },
      error: (error: unknown) => resolve(error instanceof CqlError ? error.code : String(error)),
    }),
  );
}

scenario(
  'R05 a bit of v4 that is not what it was ends in rows or a typed error',
  { timeout: 600_000 },
  async (world) => {
    let seed = 1;
    const outcomes = new Map<string, number>();
    const one = async (): Promise<void> => {
      let isDamaging = false;
      const rules: Rule[] = [
        when(READS.and(() => isDamaging))
          .reply(echo)
          .transform((bytes) => {
            seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
            return flipped(bytes, (seed >>> 8) % (bytes.length * 8));
          }),
      ];
      const server = await world.server(rules);
      const session = await world.session(server, {
        protocolVersion: 4,
        reconnection: () => 1,
        heartbeat: { idle: 100, timeout: 500 },
      });
      await world.warmUp(session);
      isDamaging = true;
      for (let i = 0; i < amount(30, 10_000); i++) {
        const outcome = await outcomeOf(session, 250);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        await until(() => server.connections === 2);
      }
      isDamaging = false;
      await world.recovers(() => world.upsert(session));
    };
    await Promise.all(Array.from({ length: 5 }, one));
    for (const outcome of outcomes.keys()) expect(outcome).toMatch(/^(\d+ rows|ERR_RXCQL_\w+)$/);
    expect(outcomes.size).toBeGreaterThan(2);
  },
);

describe.each([4, 5] as const)('an answer of which not the rest comes, in v%i', (protocolVersion) => {
  for (const how of ['end', 'reset', 'silence'] as const) {
    scenario(`R06 but ${how} does`, {}, async (world) => {
      const heartbeat = { idle: 200, timeout: 100 };
      let length = -1;
      const cutShort = when(READS.and(FIRST).and(() => length >= 0))
        .reply(echo)
        .transform((bytes) => bytes.subarray(0, length));
      const rule = how === 'silence' ? cutShort.halfOpen() : cutShort.disconnect(how);
      const server = await world.server([rule], { nodes: NODES });
      const session = await world.session(server, {
        protocolVersion,
        loadBalancing: inOrder,
        reconnection: () => 0,
        heartbeat,
      });
      await world.warmUp(session);
      // Header of the segment, header of the envelope, and 20 bytes of what is in it.
      const most = (protocolVersion === 5 ? 15 : 9) + 20;
      for (let next = 0; next <= most; next += how === 'silence' ? amount(7, 1) : 1) {
        await backAtFirst(world, session);
        length = next;
        const elapsed = stopwatch();
        const [once, again] = [world.read(session, { idempotent: false }), world.read(session)];
        const [failed, answered] = await Promise.all([once.ended, again.ended]);
        length = -1;
        expect(failed.error, `${next} bytes`).toMatchObject({ name: 'ConnectionError', attempts: 1 });
        if (how === 'silence') expect(failed.error).toMatchObject({ code: 'ERR_RXCQL_HEARTBEAT_TIMEOUT' });
        // The other node has answered the one that may be asked twice.
        expect(answered.error, `${next} bytes`).toBeUndefined();
        expect(answered.page!.attempts).toBe(2);
        // Timeouts are counted in ticks of 50 ms.
        const limit = how === 'silence' ? heartbeat.idle + heartbeat.timeout + 100 : 0;
        expect(elapsed()).toBeLessThan(limit + 150);
      }
      await world.recovers(() => world.read(session));
    });
  }
});

const LENGTHS: readonly (readonly [string, number])[] = [
  ['less than nothing', -1],
  ['2 GiB', 0x7fffffff],
  ['more than the protocol allows', 256 * 1024 * 1024 + 1],
  ['more than this driver takes', 64 * 1024 * 1024 + 1],
];

for (const [what, length] of LENGTHS) {
  scenario(`R07 an envelope that announces ${what} is refused before its body comes`, { memory: 8 }, async (world) => {
    let isLying = false;
    const rules = [
      when(READS.and(FIRST).and(() => isLying)).bytes(({ streamId }) => {
        const header = Buffer.from([0x84, 0, 0, 0, 0x08, 0, 0, 0, 0]);
        header.writeInt16BE(streamId, 2);
        header.writeInt32BE(length, 5);
        return header;
      }),
    ];
    const server = await world.server(rules, { nodes: NODES });
    const session = await world.session(server, { protocolVersion: 4, loadBalancing: inOrder });
    await world.warmUp(session);
    isLying = true;
    const { arrayBuffers } = process.memoryUsage();
    const [once, twice] = [world.read(session, { idempotent: false }), world.read(session)];
    expect((await once.ended).error).toMatchObject({ name: 'ConnectionError' });
    expect(once.error!.cause).toMatchObject({ code: 'ERR_RXCQL_PROTOCOL' });
    expect(once.error!.message).toContain(`a body of ${length} bytes`);
    expect((await twice.ended).error).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - arrayBuffers).toBeLessThan(1024 * 1024);
    isLying = false;
    await pause(1);
    await world.recovers(() => world.read(session));
  });
}
