import { EventEmitter } from 'node:events';
import { EMPTY, NEVER, type Observable, of, throwError } from 'rxjs';
import type { Page } from 'rxcql';
import { page } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { World } from './oracles.js';
import { CANARY, WRITE } from './tokens.js';
import { pause } from './waiting.js';

// Oracles that never speak would let everything pass.

const answer = (token: string): Page => page([{ v: token }]);

describe('the oracles', () => {
  it.each<[string, (world: World) => unknown]>([
    ['O1', (world) => world.ask(of(answer('another')), 'token')],
    ['O2', (world) => world.ask(EMPTY, 'token')],
    ['O2', (world) => world.ask(NEVER, 'token')],
    ['O2', (world) => world.ask(of(answer('token'), answer('token')), 'token')],
    ['O2', (world) => world.ask(NEVER, 'token', 1)],
    [
      'O4',
      () => EventEmitter.prototype.emit.call(process, 'uncaughtExceptionMonitor', new Error('nobody has caught it')),
    ],
    ['O5', (world) => world.atEnd(keep(Buffer.alloc(80 * 1024 * 1024, 1)))],
    ['O6', () => setTimeout(() => undefined, 3_000)],
    ['O8', (world) => world.ask(failing(`the value ${CANARY}`), 'token')],
    ['O8', () => console.log({ password: CANARY })],
    ['O8', () => process.emitWarning(`it was ${CANARY}`)],
    [
      'O9',
      async (world) => {
        const server = await world.server();
        const session = await world.session(server);
        const failed = (): ReturnType<World['ask']> => world.ask(failing('still'), 'token');
        await world.warmUp(session);
        await world.recovers(failed);
      },
    ],
    ['O10', () => busy()],
  ])('%s speaks', { timeout: 20_000 }, async (oracle, violate) => {
    const world = new World({});
    await violate(world);
    await pause(20);
    await expect(world.end(true)).rejects.toThrow(`${oracle}:`);
  });

  it('O7 speaks', async () => {
    const world = new World({});
    const server = await world.server();
    const session = await world.session(server);
    for (let i = 0; i < 2; i++) world.ask(session.execute(WRITE, ['token']), 'token');
    await pause(100);
    await expect(world.end(true)).rejects.toThrow('O7:');
  });

  it('are silent where nothing is wrong', async () => {
    const world = new World({});
    const session = await world.session(await world.server());
    await world.warmUp(session);
    await world.recovers(() => world.read(session));
    await world.end(true);
  });
});

const failing = (message: string): Observable<Page> =>
  throwError(() => Object.assign(new Error(message), { code: 'ERR_RXCQL_TEST' }));

const keep = (kept: Buffer) => (): number => kept.length;

/** Works, however little of the processor it is given. */
async function busy(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    const since = process.cpuUsage();
    while (process.cpuUsage(since).user < 120_000);
    await pause(6);
  }
}
