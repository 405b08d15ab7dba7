import { of, timer } from 'rxjs';
import { AuthenticationError, type Credentials, type Session } from 'rxcql';
import {
  authChallenge,
  authSuccess,
  type CqlRequest,
  type CqlServer,
  error,
  opcode,
  type Rule,
  when,
} from 'rxcql/testing';
import { expect } from 'vitest';
import { scenario } from './oracles.js';
import { CANARY, CREDENTIALS } from './tokens.js';
import { pause, until } from './waiting.js';

const NODES = [{ host: '127.0.0.1' }, { host: '127.0.0.2' }, { host: '127.0.0.3' }];
const WRONG: Credentials = { username: 'ada', password: `${CANARY}-wrong` };

/** The attempts to log in, as they come. */
function attempts(server: CqlServer): CqlRequest[] {
  const all: CqlRequest[] = [];
  server.requests.subscribe((request) => {
    if (request.opcode === 'AUTH_RESPONSE') all.push(request);
  });
  return all;
}

scenario('R16 a wrong password, everywhere: one error, at once, and nobody is asked again', {}, async (world) => {
  const server = await world.server([], { nodes: NODES });
  const asked = attempts(server);
  const session = world.unconnected({ contactPoints: server.contactPoints, auth: WRONG });
  const { error: failure, took } = await world.read(session).ended;
  expect(failure).toBeInstanceOf(AuthenticationError);
  expect(took).toBeLessThan(1_000);
  expect(asked.length).toBe(3);
  await pause(500);
  expect([asked.length, server.connections]).toEqual([3, 0]);
});

scenario('R16 a password that one of three nodes does not take: the others serve', {}, async (world) => {
  const refusing: Rule = when(opcode('AUTH_RESPONSE').and(({ node }) => node.startsWith('127.0.0.3:'))).reply(
    error('BadCredentials', { message: 'Provided username and/or password are incorrect' }),
  );
  const server = await world.server([refusing], { nodes: NODES });
  const asked = attempts(server);
  const session = await world.session(server);
  const isRefused = (): boolean => asked.some(({ node }) => node.startsWith('127.0.0.3:'));
  await until(() => isRefused() && server.connections === 3);
  const coordinators = new Set<string>();
  for (let i = 0; i < 20; i++) coordinators.add((await world.read(session).ended).page!.coordinator.split(':')[0]!);
  expect([...coordinators].sort()).toEqual(['127.0.0.1', '127.0.0.2']);
  // It is not asked again at once: accounts would be locked.
  await pause(500);
  expect(asked.filter(({ node }) => node.startsWith('127.0.0.3:')).length).toBe(1);
});

/** A server whose password may change. */
function changing(password: { is: string }): Rule {
  return when(opcode('AUTH_RESPONSE').and(({ token }) => token?.toString() !== `\0ada\0${password.is}`)).reply(
    error('BadCredentials', { message: 'Provided username and/or password are incorrect' }),
  );
}

scenario('R16 a password changes: what is connected stays so, and what connects has the new one', {}, async (world) => {
  const [old, next] = [`${CANARY}-old`, `${CANARY}-next`];
  const password = { is: old };
  const server = await world.server([changing(password), when(opcode('AUTH_RESPONSE')).reply(authSuccess())]);
  const known = { is: old };
  const session: Session = await world.session(server, {
    auth: () => timer(5).pipe(() => of({ username: 'ada', password: known.is })),
  });
  password.is = next;
  expect((await world.read(session).ended).error).toBeUndefined();
  known.is = next;
  server.disconnect();
  await world.recovers(() => world.read(session));
});

scenario('R16 a server never stops asking: it is left after ten rounds', {}, async (world) => {
  const server = await world.server([when(opcode('AUTH_RESPONSE')).reply(authChallenge(Buffer.from('more')))]);
  const asked = attempts(server);
  const session = world.unconnected({
    contactPoints: [server.contactPoint],
    auth: { initialResponse: () => [Buffer.from(CANARY)], challenge: () => [Buffer.from(CANARY)] },
  });
  expect((await world.read(session).ended).error).toBeInstanceOf(AuthenticationError);
  expect(asked.length).toBe(11);
});

scenario('R16 a server does not ask: a warning, or an error where it has to', {}, async (world) => {
  const server = await world.server([when(opcode('AUTH_RESPONSE')).disconnect()], {
    authentication: undefined as never,
  });
  const session = await world.session(server);
  await world.warmUp(session);
  expect(world.warnings).toEqual([`${server.contactPoint} did not ask for the credentials that were given.`]);
  const strict = world.unconnected({
    contactPoints: [server.contactPoint],
    auth: { ...CREDENTIALS, required: true },
  });
  expect((await world.read(strict).ended).error).toBeInstanceOf(AuthenticationError);
});

scenario('R16 an authenticator that nobody knows is told nothing', {}, async (world) => {
  const server = await world.server([], {
    authentication: { ...CREDENTIALS, authenticator: 'com.example.Collector' },
  });
  const asked = attempts(server);
  const session = world.unconnected({ contactPoints: [server.contactPoint] });
  const { error: failure } = await world.read(session).ended;
  expect(failure).toBeInstanceOf(AuthenticationError);
  expect(failure!.message).toContain('"com.example.Collector"');
  expect(asked).toEqual([]);
});
