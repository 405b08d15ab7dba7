import { type Rule, cql, node, opcode, rawResponse, type ResponseOpcode, when, withHeader } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { sealSegment } from '../../src/codec/segment.js';
import { inOrder, scenario } from './oracles.js';
import { echo, READ } from './tokens.js';
import { until } from './waiting.js';

const NODES = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }];
const READS = opcode('EXECUTE').and(cql(READ)).and(node('127.0.0.1'));

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const int = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
const text = (value: string): string => value.length.toString(16).padStart(4, '0') + Buffer.from(value).toString('hex');

const ROWS = int(2);
const TABLE = text('ks') + text('t');
/** One column of text, which has its own table. */
const COLUMN = int(1) + int(1) + TABLE + text('v') + '000d';

/** Bodies that say more than there is. */
const BODIES: readonly (readonly [string, ResponseOpcode, string])[] = [
  ['2^31 - 1 rows without columns', 'RESULT', ROWS + int(0x4) + int(0) + int(0x7fffffff)],
  ['2^31 - 1 rows of one column', 'RESULT', ROWS + COLUMN + int(0x7fffffff)],
  ['-1 rows', 'RESULT', ROWS + COLUMN + int(-1)],
  ['2^31 - 1 columns', 'RESULT', ROWS + int(0) + int(0x7fffffff)],
  ['-1 columns', 'RESULT', ROWS + int(0) + int(-1)],
  ['a name beyond the end', 'RESULT', ROWS + int(1) + int(1) + TABLE + 'ffff61'],
  ['a type of 100,000 levels', 'RESULT', ROWS + int(1) + int(1) + TABLE + text('v') + '0020'.repeat(100_000)],
  ['a paging state of 2^31 - 1 bytes', 'RESULT', ROWS + int(0x3) + int(1) + int(0x7fffffff)],
  ['a kind that there is not', 'RESULT', int(99)],
  ['nothing', 'RESULT', ''],
  ['an error whose words go on beyond the end', 'ERROR', int(0x2200) + 'ffff61'],
];

/** One row of one cell, of a type. */
const cell = (type: string, value: string): string =>
  ROWS + int(1) + int(1) + TABLE + text('v') + type + int(1) + int(hex(value).length) + value;

/** Cells that say more than there is: they are read when the row is. */
const CELLS: readonly (readonly [string, string])[] = [
  ['a text beyond the end', ROWS + COLUMN + int(1) + int(1_000) + '61'],
  ['a list of 2^31 - 1', cell('0020 000d', int(0x7fffffff))],
  ['a list of -1', cell('0020 000d', int(-1))],
  ['a map of 2^31 - 1', cell('0021 000d 000d', int(0x7fffffff))],
  ['a list whose first element goes on beyond the end', cell('0020 000d', int(1) + int(0x7fffffff))],
];

describe.each([4, 5] as const)('a body that is not what it says, in v%i', (protocolVersion) => {
  scenario('R08 fails the request that it answers, and no other', {}, async (world) => {
    let body: readonly [ResponseOpcode, Buffer] | undefined;
    const server = await world.server([when(READS.and(() => body !== undefined)).reply(() => rawResponse(...body!))], {
      nodes: NODES,
    });
    const session = await world.session(server, { protocolVersion, loadBalancing: inOrder });
    await world.warmUp(session);
    const { accepted } = server;
    for (const [what, kind, bytes] of BODIES) {
      body = [kind, hex(bytes)];
      const others = [world.upsert(session), world.write(session)];
      const asked = world.read(session);
      expect((await asked.ended).error, what).toMatchObject({ code: 'ERR_RXCQL_DECODE', attempts: 1 });
      for (const { ended } of others) expect((await ended).error, what).toBeUndefined();
    }
    for (const [what, bytes] of CELLS) {
      body = ['RESULT', hex(bytes)];
      const error = await new Promise((resolve) =>
        session.execute(READ, [world.newToken()]).subscribe({
          next: (page) => page.subscribe({ error: resolve, complete: () => resolve('complete') }),
          error: resolve,
        }),
      );
      expect(error, what).toMatchObject({ code: 'ERR_RXCQL_DECODE' });
    }
    expect(server.accepted).toBe(accepted);
    body = undefined;
    await world.recovers(() => world.read(session));
  });
});

/** A segment of v5 around what a rule says. */
function segment(payload: Buffer, selfContained: boolean): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(6), payload, Buffer.alloc(4)]);
  sealSegment(bytes, 0, payload.length, selfContained);
  return bytes;
}

/** An envelope: `<version> <flags> <stream id> <opcode> <length> <body>`. */
function envelope(version: number, streamId: number, code: number, body: Buffer): Buffer {
  const header = Buffer.from([version, 0, 0, 0, code, 0, 0, 0, 0]);
  header.writeInt16BE(streamId, 2);
  header.writeInt32BE(body.length, 5);
  return Buffer.concat([header, body]);
}

const VOID = hex(int(1));

describe.each([4, 5] as const)('an envelope that is not what it says, in v%i', (protocolVersion) => {
  const other = 9 - protocolVersion;
  const LIES: readonly (readonly [string, Rule])[] = [
    ['is of the other version', when(READS).reply((r) => withHeader(echo(r), { version: other }))],
    ['is of a version that there is not', when(READS).reply((r) => withHeader(echo(r), { version: 9 }))],
    ['is on a stream where nothing was asked', when(READS).reply((r) => withHeader(echo(r), { streamId: 20_000 }))],
    ['is on the stream of the driver', when(READS).reply((r) => withHeader(echo(r), { streamId: 0 }))],
    ['is on a stream of the server, -1', when(READS).reply((r) => withHeader(echo(r), { streamId: -1 }))],
    ['is on a stream of the server, -2', when(READS).reply((r) => withHeader(echo(r), { streamId: -2 }))],
    [
      'is a request',
      when(READS).bytes(({ streamId }) => {
        const request = envelope(protocolVersion, streamId, 0x08, VOID);
        return protocolVersion === 5 ? segment(request, true) : request;
      }),
    ],
    ...(protocolVersion === 4
      ? []
      : ([
          [
            'begins in slices and is interrupted',
            when(READS).bytes(({ streamId }) => {
              const whole = envelope(0x85, streamId, 0x08, Buffer.alloc(1_000));
              return Buffer.concat([segment(whole.subarray(0, 500), false), segment(whole, true)]);
            }),
          ],
          [
            'ends with a self-contained segment in its middle',
            when(READS).bytes(({ streamId }) => segment(envelope(0x85, streamId, 0x08, VOID).subarray(0, 10), true)),
          ],
        ] as const)),
  ];

  for (const [what, rule] of LIES) {
    scenario(`R10 ends the connection if it ${what}`, {}, async (world) => {
      let isLying = false;
      const server = await world.server([when(READS.and(() => !isLying)).reply(echo), rule], { nodes: NODES });
      const session = await world.session(server, { protocolVersion, loadBalancing: inOrder });
      await world.warmUp(session);
      const { accepted } = server;
      isLying = true;
      const [once, again] = [world.read(session, { idempotent: false, timeout: 2_000 }), world.read(session)];
      const { error } = await once.ended;
      isLying = false;
      expect(error).toMatchObject({ name: 'ConnectionError' });
      expect(error!.cause).toMatchObject({ code: 'ERR_RXCQL_PROTOCOL' });
      expect((await again.ended).error).toBeUndefined();
      await world.recovers(() => world.read(session));
      await until(() => server.accepted === accepted + 1);
    });
  }

  scenario('R10 fails one request if it is of a kind that there is not', {}, async (world) => {
    let isLying = false;
    const rules = [when(READS.and(() => isLying)).reply((request) => withHeader(echo(request), { opcode: 0x55 }))];
    const server = await world.server(rules, { nodes: NODES });
    const session = await world.session(server, { protocolVersion, loadBalancing: inOrder });
    await world.warmUp(session);
    const { accepted } = server;
    isLying = true;
    const [asked, other] = [world.read(session), world.upsert(session)];
    expect((await asked.ended).error).toMatchObject({ code: 'ERR_RXCQL_DECODE', attempts: 1 });
    expect((await other.ended).error).toBeUndefined();
    expect(server.accepted).toBe(accepted);
    isLying = false;
    await world.recovers(() => world.read(session));
  });
});
