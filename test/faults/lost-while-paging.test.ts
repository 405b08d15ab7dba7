import { concatMap } from 'rxjs';
import type { Topology } from 'rxcql';
import { type CqlRequest, node, opcode, when } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { proxyTo } from '../support/proxy.js';
import { amount } from './long.js';
import { inOrder, scenario } from './oracles.js';
import { until } from './waiting.js';
import { PAGED, pageOf, pageRows, PAGES, PAGING, readToTheEnd, stateOf, TRUTH } from './paged.js';

const TWO_NODES = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }];

describe.each([4, 5] as const)('a node that is lost while a query is read, in v%i', (protocolVersion) => {
  const pagesAsked = (asked: readonly CqlRequest[]): string[] =>
    asked
      .filter(({ cql, opcode }) => cql === PAGED && opcode === 'QUERY')
      .map((request) => `${pageOf(request)} of ${request.node.split(':')[0]!}`);

  for (const page of [0, 1, 2, PAGES - 1]) {
    for (const how of ['end', 'reset'] as const) {
      scenario(
        `R31 with page ${page} in flight, by ${how}: another node is asked for the same page`,
        {},
        async (world) => {
          const server = await world.server(
            [
              when(opcode('QUERY').and((request) => request.cql === PAGED && pageOf(request) === page))
                .disconnect(how)
                .afterwards()
                .reply((request) => pageRows(pageOf(request))),
              PAGING,
            ],
            { nodes: TWO_NODES },
          );
          const session = await world.session(server, { protocolVersion, loadBalancing: inOrder });
          const asked: CqlRequest[] = [];
          server.requests.subscribe((request) => asked.push(request));
          expect(await readToTheEnd(session.query(PAGED))).toEqual({ read: TRUTH, error: undefined });
          const expected = [`${page} of 127.0.0.1`, `${page} of 127.0.0.2`];
          expect(pagesAsked(asked).filter((one) => one.startsWith(`${page} `))).toEqual(expected);
          expect(pagesAsked(asked).length).toBe(PAGES + 1);
          await world.recovers(() => world.read(session));
        },
      );
    }
  }

  scenario(
    'R31 at any byte of its answers: no row is lost, and none comes twice',
    { timeout: 60_000 },
    async (world) => {
      const server = await world.server([PAGING], { nodes: TWO_NODES });
      const proxy = await proxyTo(server.contactPoint);
      world.atEnd(() => proxy.close());
      // The first node is reached through the proxy, which is where the session finds it; the second one directly.
      const session = await world.session(proxy, {
        protocolVersion,
        loadBalancing: ({ topology: { nodes } }) => [
          ...nodes.filter(({ address }) => address === proxy.contactPoint),
          ...nodes.filter(({ address }) => address !== proxy.contactPoint),
        ],
      });
      let topology: Topology;
      session.topology.subscribe((latest) => (topology = latest));
      await until(() => server.connections === 3);
      const before = proxy.passed.toClient;
      expect(await readToTheEnd(session.query(PAGED))).toEqual({ read: TRUTH, error: undefined });
      const length = proxy.passed.toClient - before;
      for (let cut = 1; cut <= length; cut += amount(29, 1)) {
        await until(() => server.connections === 3 && topology.nodes.every(({ isUp }) => isUp));
        proxy.cutAfter(cut);
        const { read, error } = await readToTheEnd(session.query(PAGED));
        expect({ cut, read, error }).toEqual({ cut, read: TRUTH, error: undefined });
      }
      await world.recovers(() => world.read(session));
    },
  );

  scenario('R31 between two pages: another node is asked for the next one', {}, async (world) => {
    const server = await world.server([PAGING], { nodes: TWO_NODES });
    const session = await world.session(server, { protocolVersion, loadBalancing: inOrder });
    const asked: CqlRequest[] = [];
    server.requests.subscribe((request) => asked.push(request));
    const query = session.query(PAGED).pipe(
      concatMap((page, index) => {
        if (index === 1) server.disconnect(asked.at(-1)!.connection, 'reset');
        return [page];
      }),
    );
    expect(await readToTheEnd(query)).toEqual({ read: TRUTH, error: undefined });
    expect(pagesAsked(asked).slice(0, 2)).toEqual(['0 of 127.0.0.1', '1 of 127.0.0.1']);
    expect(pagesAsked(asked)).toContain('2 of 127.0.0.2');
    await world.recovers(() => world.read(session));
  });

  scenario('R31 where no other node is left, the error says where to go on', {}, async (world) => {
    const refusing = { is: true };
    const server = await world.server([
      when(
        node('127.0.0.1').and((request) => request.cql === PAGED && pageOf(request) === 2 && refusing.is),
      ).disconnect(),
      PAGING,
    ]);
    const session = await world.session(server, { protocolVersion });
    const { read, error } = await readToTheEnd(session.query(PAGED));
    const state = error!['pagingState'] as Buffer;
    expect(state.toString()).toBe(stateOf(2));
    refusing.is = false;
    await world.recovers(() => world.read(session));
    const rest = await readToTheEnd(session.query(PAGED, [], { pagingState: state }));
    expect(rest.error).toBeUndefined();
    expect([...read, ...rest.read]).toEqual(TRUTH);
  });
});
