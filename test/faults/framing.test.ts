import { concatMap, lastValueFrom, toArray } from 'rxjs';
import type { SessionOptions } from 'rxcql';
import {
  authenticate,
  cql,
  type CqlRequest,
  type CqlResponse,
  event,
  opcode,
  prepared,
  rows,
  type Rule,
  when,
} from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { type ProxyOptions, proxyTo } from '../support/proxy.js';
import { amount } from './long.js';
import { scenario, type World } from './oracles.js';
import { tokenAskedFor } from './tokens.js';

/** Rows that are many and no two alike, in four pages. */
const TABLE = Array.from({ length: 400 }, (_, i) => ({ id: i, text: `${i} `.repeat((i * 7) % 90) }));
const PAGE = 100;

const PAGED: Rule = when(cql('SELECT id, text FROM ks.pages')).reply(({ pagingState }) => {
  const from = Number(pagingState?.toString() ?? 0);
  const next = from + PAGE;
  const rest = next < TABLE.length ? { pagingState: String(next) } : {};
  return rows({ id: 'int', text: 'text' }, TABLE.slice(from, next), rest);
});

const FRAMINGS: readonly (readonly [string, Partial<SessionOptions>])[] = [
  ['v4', { protocolVersion: 4 }],
  ['v4 with LZ4', { protocolVersion: 4, compression: 'lz4' }],
  ['v5', { protocolVersion: 5 }],
  ['v5 with LZ4', { protocolVersion: 5, compression: 'lz4' }],
];

/** What is random here, but the same each time. */
let seed = 1;
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (seed >>> 8) % below;
};

function cutBy(length: () => number): (bytes: Buffer) => Buffer[] {
  return (bytes) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += pieces.at(-1)!.length) pieces.push(bytes.subarray(at, at + length()));
    return pieces;
  };
}

/** A session whose bytes all go through a proxy. */
async function through(world: World, proxying: ProxyOptions, options: Partial<SessionOptions>, rules: Rule[] = []) {
  const server = await world.server([...rules, PAGED], { compression: 'lz4' });
  const proxy = await proxyTo(server.contactPoint, proxying);
  world.atEnd(() => proxy.close());
  return await world.session(proxy, options);
}

describe.each(FRAMINGS)('the bytes of %s', (_, options) => {
  const cuts: readonly [string, ProxyOptions][] = [
    ['one by one', { cut: cutBy(() => 1) }],
    ['in pieces of 1 to 37', { cut: cutBy(() => 1 + random(37)) }],
    ['all at once', { collect: 20 }],
  ];
  for (const [how, proxying] of cuts) {
    scenario(`R01 say the same when they come ${how}`, {}, async (world) => {
      const session = await through(world, proxying, options);
      const count = how === 'one by one' ? amount(1, 50) : amount(10, 500);
      for (let round = 0; round < count; round++) {
        const asked = [world.read(session), world.write(session), world.upsert(session)];
        for (const { ended } of asked) expect((await ended).error).toBeUndefined();
      }
      const query = session.query('SELECT id, text FROM ks.pages', [], { pageSize: PAGE }).pipe(
        concatMap((page) => page),
        toArray(),
      );
      expect(await lastValueFrom(query)).toEqual(TABLE);
    });
  }
});

const BIG = 'SELECT v, pad FROM ks.big WHERE k = ?';
const PAD = Buffer.alloc(5 * 1024 * 1024, 'a page of five megabytes');

describe('segments of v5', () => {
  const big = (request: CqlRequest): CqlResponse => rows({ v: 'text', pad: 'blob' }, [[tokenAskedFor(request), PAD]]);
  const rules = [
    when(opcode('PREPARE').and(cql(BIG))).reply(
      prepared({ parameters: { k: 'text' }, columns: { v: 'text', pad: 'blob' } }),
    ),
    when(opcode('EXECUTE').and(cql(BIG))).reply(big),
  ];

  for (const compression of [undefined, 'lz4'] as const) {
    // The answers of 5 MiB are made, framed and read in this process.
    const options = { memory: 192, lag: 250 };
    scenario(
      `R02 bring 2 to 200 answers each, and long ones in slices, by turns, ${compression ?? 'plain'}`,
      options,
      async (world) => {
        const server = await world.server(rules, { compression: 'lz4' });
        const session = await world.session(server, { protocolVersion: 5, ...(compression && { compression }) });
        await world.warmUp(session);
        for (let round = 0; round < amount(2, 50); round++) {
          for (const count of [2, 17, 200]) {
            // Of one turn: they are asked for in one write, and answered in as few segments as possible.
            const before = Array.from({ length: count }, () => world.read(session));
            const token = world.newToken();
            const long = world.ask(session.execute(BIG, [token]), token);
            const behind = Array.from({ length: count }, () => world.read(session));
            for (const { ended } of [...before, long, ...behind]) expect((await ended).error).toBeUndefined();
            expect(PAD.equals(long.page!.one()['pad'] as Buffer)).toBe(true);
          }
        }
      },
    );
  }

  scenario('R02 may begin in the chunk with AUTHENTICATE', {}, async (world) => {
    const up = event.up('127.0.0.1:9042');
    const server = await world.server([when(opcode('STARTUP')).reply('(aee)', { a: authenticate(), e: up })]);
    const session = await world.session(server, { protocolVersion: 5 });
    await world.warmUp(session);
  });

  for (const left of Array.from({ length: 12 }, (_, i) => i + 1)) {
    scenario(
      `R03 are waited for while their last ${left} bytes are missing, also where nothing is compressed`,
      {},
      async (world) => {
        const cut = (bytes: Buffer): Buffer[] =>
          bytes.length > left ? [bytes.subarray(0, -left), bytes.subarray(-left)] : [bytes];
        const session = await through(world, { cut, pause: 5 }, { protocolVersion: 5, compression: 'lz4' });
        // A token of a few bytes is never worth compressing.
        for (let i = 0; i < amount(2, 200); i++) {
          expect((await world.read(session).ended).error).toBeUndefined();
          expect((await world.write(session).ended).error).toBeUndefined();
        }
      },
    );
  }
});
