import { createServer } from 'node:net';
import type { ClusterEvent, Topology } from 'rxcql';
import { cql, type CqlRequest, type CqlResponse, event, opcode, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { Opcode } from '../../src/codec/envelope.js';
import { CqlResponse as Response } from '../../src/testing/server/response.js';
import { Random } from '../fuzz/random.js';
import { type Asked, scenario } from './oracles.js';
import { pause, until } from './waiting.js';

const NODES = ['127.0.0.1', '127.0.0.2'] as const;
/** Where somebody listens who is no node. */
const STRANGER = '127.0.0.77';
const EVENTS = 10_000;

/** An event with a body of its own. */
const rawEvent = (body: Buffer): CqlResponse =>
  new Response({ opcode: Opcode.EVENT, eventType: 'STATUS_CHANGE', write: (writer) => writer.bytes(body) });

const text = (value: string): Buffer => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);

/** One of a mix of contradictory, senseless and true events. */
function drawn(random: Random, port: number): CqlResponse {
  const node = `${random.pick(NODES)}:${port}`;
  const other = random.chance(50) ? `${STRANGER}:${port}` : `10.${random.below(256)}.${random.below(256)}.1:${port}`;
  switch (random.below(10)) {
    case 0:
    case 1:
      return event.down(node);
    case 2:
    case 3:
      return event.up(node);
    case 4:
      return random.chance(50) ? event.up(other) : event.down(other);
    case 5:
      return random.chance(50) ? event.added(other) : event.removed(node);
    case 6:
    case 7:
      return event.schema({ change: 'UPDATED', target: 'TABLE', keyspace: 'ks', name: `t${random.below(100)}` });
    case 8:
      return rawEvent(Buffer.concat([text('NO_SUCH_CHANGE'), text('UP')]));
    default:
      return rawEvent(random.bytes(random.below(40)));
  }
}

/** Which of the driver's questions ask for the cluster anew. */
const isRefresh = ({ cql: statement }: CqlRequest): boolean => statement === 'SELECT * FROM system.local';
const isSchema = ({ cql: statement }: CqlRequest): boolean => statement?.includes('system_schema.') === true;

describe('a storm of events', () => {
  scenario(`R38 of ${EVENTS} in a second changes nothing, and is worked off in a few questions`, {}, async (world) => {
    let isStalled = false;
    const server = await world.server(
      [
        // What was true at first stays so, but it takes its time to say so.
        when(
          opcode('QUERY')
            .and(cql(/^SELECT .* FROM system/))
            .and(() => isStalled),
        ).delay(400),
      ],
      { nodes: NODES.map((host) => ({ host })) },
    );
    let strangers = 0;
    const stranger = createServer(() => strangers++).listen(server.port, STRANGER);
    world.atEnd(() => new Promise((resolve) => stranger.close(resolve)));
    const session = await world.session(server, { schemaMetadata: true });
    const news: ClusterEvent[] = [];
    let topology: Topology | undefined;
    session.topology.subscribe((latest) => (topology = latest));
    session.events.subscribe((one) => news.push(one));
    // The control connection, and one to each node.
    await until(() => server.connections === 3 && news.filter(({ type }) => type === 'connectionOpened').length >= 1);
    await pause(300);
    const { accepted } = server;
    const nodes = topology!.nodes;
    news.length = 0;
    const asked: CqlRequest[] = [];
    server.requests.subscribe((request) => asked.push(request));

    isStalled = true;
    const random = new Random(38);
    const requests: Asked[] = [];
    const since = performance.now();
    for (let beat = 0; beat < 100; beat++) {
      world.time.skip();
      for (let i = 0; i < EVENTS / 100; i++) server.push(drawn(random, server.port));
      world.time.skip();
      requests.push(world.read(session), world.read(session));
      await pause(Math.max(0, since + (beat + 1) * 10 - performance.now()));
    }
    for (const { ended } of requests) expect((await ended).error).toBeUndefined();
    // What is still to be asked has been asked by then.
    await pause(3_500);
    const seconds = (performance.now() - since) / 1_000;
    expect(asked.filter(isRefresh).length).toBeGreaterThan(0);
    expect(asked.filter(isRefresh).length).toBeLessThanOrEqual(2 * seconds);
    // A refresh of the schema is one question for each of its tables.
    const schemaTables = new Map<string, number>();
    for (const { cql: statement } of asked.filter(isSchema)) {
      const table = /FROM (\S+)/.exec(statement!)![1]!;
      schemaTables.set(table, (schemaTables.get(table) ?? 0) + 1);
    }
    expect(schemaTables.size).toBeGreaterThan(0);
    expect(Math.max(...schemaTables.values())).toBeLessThanOrEqual(2 * seconds);

    expect(strangers).toBe(0);
    expect(server.accepted).toBe(accepted);
    expect(news.filter(({ type }) => type !== 'schemaChange')).toEqual([]);
    expect(topology!.nodes).toEqual(nodes);
    expect(topology!.nodes.map(({ isUp }) => isUp)).toEqual([true, true]);
    // Said once, not a thousand times.
    expect(world.warnings.filter((one) => one.includes('told of an event in a way that cannot be read')).length).toBe(
      1,
    );

    isStalled = false;
    await world.recovers(() => world.read(session));
  });
});
