import { concatMap, delay, lastValueFrom, map } from 'rxjs';
import { createSession, SessionClosedError } from 'rxcql';
import { fakeServer, marbles, node, opcode, type Rule, sessionOf, when } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';

/** What `health()` says, in short, a while after the session has connected. */
function expectHealth(rules: readonly Rule[], diagram: string, expected: object): void {
  marbles(
    ({ expectObservable }) => {
      const server = fakeServer(rules, { nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }] });
      const session = sessionOf(server, { schemaMetadata: false });
      const health = session.connect().pipe(
        delay(100),
        concatMap(() => session.health()),
        map(({ ok, nodes }) => ({
          ok,
          nodes: nodes.map((each) => [each.node.address, each.ok, each.latency ?? each.error?.name]),
        })),
      );
      expectObservable(health).toBe(diagram, { h: expected });
    },
    { maxTime: 20_000 },
  );
}

describe('session.health()', () => {
  it('tells of each node whether it has answered, and how long that took', () => {
    const slow = when(opcode('OPTIONS').and(node('127.0.0.2'))).delay(7);
    expectHealth([slow], '107ms (h|)', {
      ok: true,
      nodes: [
        ['127.0.0.1:9042', true, 0],
        ['127.0.0.2:9042', true, 7],
      ],
    });
  });

  it('is good as long as one node is, and says why another is not', () => {
    expectHealth([when(node('127.0.0.2')).disconnect()], '100ms (h|)', {
      ok: true,
      nodes: [
        ['127.0.0.1:9042', true, 0],
        ['127.0.0.2:9042', false, 'ConnectionError'],
      ],
    });
  });

  it('is bad, and no error, where the session cannot connect', async () => {
    const session = createSession({ contactPoints: ['127.0.0.1:1'] });
    const health = await lastValueFrom(session.health());
    expect(health).toMatchObject({ ok: false, nodes: [] });
    expect(health.error).toMatchObject({ code: 'ERR_RXCQL_NO_HOST_AVAILABLE' });
  });

  it('errors once the session is closed', async () => {
    const session = createSession({ contactPoints: ['127.0.0.1:1'] });
    await lastValueFrom(session.close());
    await expect(lastValueFrom(session.health())).rejects.toThrow(SessionClosedError);
  });
});
