import { asyncScheduler, lastValueFrom, map, take, timer, toArray } from 'rxjs';
import { constantReconnection, createSession, monitorHealth } from 'rxcql';
import { cqlServer, fakeServer, marbles, sessionOf } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { run } from '../support/running.js';

const NODES = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }];
const options = { schemaMetadata: false, reconnection: constantReconnection({ delay: 100 }) };

describe('monitorHealth()', () => {
  it('tells at once, at every interval, and when a node is lost or back; ends with the session', () => {
    marbles(
      ({ expectObservable }) => {
        const server = fakeServer([], { nodes: NODES });
        const session = sessionOf(server, options);
        const good = monitorHealth(session, { interval: 1_000 }).pipe(
          map(({ nodes }) => String(nodes.filter(({ ok }) => ok).length)),
        );
        session.connect().subscribe();
        timer(1_500).subscribe(() => server.stop('127.0.0.2'));
        timer(1_750).subscribe(() => server.start('127.0.0.2'));
        timer(2_600).subscribe(() => session.close().subscribe());
        const seen: [number, string][] = [];
        timer(200).subscribe(() =>
          good.subscribe({
            next: (value) => seen.push([asyncScheduler.now(), value]),
            complete: () => seen.push([asyncScheduler.now(), 'end']),
          }),
        );
        expectObservable(timer(3_000).pipe(map(() => JSON.stringify(seen)))).toBe('3s (s|)', {
          s: JSON.stringify([
            [200, '2'],
            [1_200, '2'],
            [1_500, '1'],
            [1_800, '2'],
            [2_200, '2'],
            [2_600, 'end'],
          ]),
        });
      },
      { maxTime: 5_000 },
    );
  });

  it('is bad where there is nobody, refuses what is no interval, and completes where a session is closed', async () => {
    const session = createSession({ contactPoints: ['127.0.0.1:1'] });
    expect(await lastValueFrom(monitorHealth(session).pipe(take(1)))).toMatchObject({ ok: false, nodes: [] });
    await expect(lastValueFrom(monitorHealth(session, { interval: -1 }))).rejects.toMatchObject({
      code: 'ERR_RXCQL_CONFIGURATION',
    });
    await lastValueFrom(session.close());
    expect(await lastValueFrom(monitorHealth(session), { defaultValue: 'nothing' })).toBe('nothing');
  });

  it('asks no more when it is left', async () => {
    const { value: server, stop } = await run(cqlServer());
    const session = createSession({ contactPoints: [server.contactPoint] });
    const twice = monitorHealth(session, { interval: 5 }).pipe(take(2), toArray());
    expect((await lastValueFrom(twice)).map(({ ok }) => ok)).toEqual([true, true]);
    await lastValueFrom(session.close());
    stop();
  });
});
