import { opcode, when } from 'rxcql/testing';
import { expect } from 'vitest';
import { scenario } from './oracles.js';
import { pause, stopwatch, until } from './waiting.js';

const NODES = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }];

scenario('R37 the node that is asked for the cluster falls silent: another one is asked at once', {}, async (world) => {
  let isSilent = false;
  const isOnFirst = ({ node }: { readonly node: string }): boolean => isSilent && node.startsWith('127.0.0.1:');
  const registered: string[] = [];
  const server = await world.server(
    [
      // The kernel takes connections for a process that is stopped, and nobody answers on them.
      when(opcode('OPTIONS', 'STARTUP', 'REGISTER', 'QUERY', 'PREPARE', 'EXECUTE').and(isOnFirst)).drop(),
    ],
    { nodes: NODES },
  );
  server.requests.subscribe((request) => {
    if (request.opcode === 'REGISTER') registered.push(request.node.split(':')[0]!);
  });
  const heartbeat = { idle: 400, timeout: 200 };
  const session = await world.session(server, { heartbeat, handshakeTimeout: 5_000 });
  await until(() => server.connections === 3);
  // Of its two connections to the node, the one for requests is heard from later, so that it is lost later.
  await world.read(session, { node: `127.0.0.1:${server.port}` }).ended;
  expect(registered).toEqual(['127.0.0.1']);
  isSilent = true;
  const elapsed = stopwatch();
  await until(() => registered.length > 1);
  // As soon as its silence was noticed, and not when it has not answered a handshake either.
  expect(elapsed()).toBeLessThan(heartbeat.idle + heartbeat.timeout + 400);
  expect(registered.slice(1)).toEqual(['127.0.0.2']);
  isSilent = false;
  await pause(20);
  await world.recovers(() => world.read(session));
});
