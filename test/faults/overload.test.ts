import { error, opcode, when } from 'rxcql/testing';
import { expect } from 'vitest';
import { amount } from './long.js';
import { type Asked, scenario } from './oracles.js';
import { pause } from './waiting.js';

scenario(
  'R25 all nodes are overloaded, at 5,000 requests a second',
  { timeout: 60_000, memory: 128 },
  async (world) => {
    const seconds = amount(2, 10);
    const perSecond = 5_000;
    let isOverloaded = false;
    let attempts = 0;
    const server = await world.server([when(opcode('EXECUTE').and(() => isOverloaded)).reply(error('Overloaded'))], {
      nodes: [{ host: '127.0.0.1' }, { host: '127.0.0.2' }, { host: '127.0.0.3' }],
    });
    const session = await world.session(server);
    server.requests.subscribe(({ opcode: name }) => {
      if (name === 'EXECUTE') attempts++;
    });
    // The burst of retries that is allowed has been earned by these.
    for (let i = 0; i < 5; i++) await Promise.all(Array.from({ length: 100 }, () => world.read(session).ended));
    attempts = 500;
    isOverloaded = true;
    const asked: Promise<Asked>[] = [];
    const since = world.time.now();
    while (world.time.now() - since < seconds * 1_000) {
      const due = Math.floor(((world.time.now() - since) / 1_000) * perSecond);
      // A machine that cannot keep up is not asked for more at once.
      for (let i = 0; i < 50 && asked.length < due; i++) asked.push(world.read(session).ended);
      await pause(5);
    }
    const outcomes = new Set((await Promise.all(asked)).map(({ error: failure }) => failure?.['kind']));
    expect([...outcomes]).toEqual(['Overloaded']);
    expect(attempts / (asked.length + 500)).toBeLessThanOrEqual(1.1);
    // A retry is what it may be, but it is made: the budget is not a switch.
    expect(attempts - 500).toBeGreaterThan(asked.length * 1.05);

    isOverloaded = false;
    const healed = world.time.now();
    await world.recovers(() => world.read(session));
    expect(world.time.now() - healed).toBeLessThan(2_000);
  },
);
