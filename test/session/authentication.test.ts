import { asyncScheduler, timer } from 'rxjs';
import { authSuccess, error, fakeServer, marbles, opcode, sessionOf, when } from 'rxcql/testing';
import { expect, it } from 'vitest';

const ADA = { username: 'ada', password: 'old' };

it('a password that has changed is asked for again after half a minute, and heals by itself', () => {
  const seen: string[] = [];
  marbles(({ expectObservable }) => {
    let right = 'old';
    let known = 'old';
    const wrong = when(opcode('AUTH_RESPONSE').and(({ token }) => token?.toString() !== `\0ada\0${right}`));
    const refusal = wrong.reply(
      error('BadCredentials', { message: 'Provided username and/or password are incorrect' }),
    );
    const taken = when(opcode('AUTH_RESPONSE').and(({ token }) => token?.toString() === '\0ada\0new'));
    const server = fakeServer([refusal, taken.reply(authSuccess())], { authentication: ADA });
    const session = sessionOf(server, { auth: () => ({ username: 'ada', password: known }) });
    server.requests.subscribe(({ opcode: name, token }) => {
      if (name === 'AUTH_RESPONSE') seen.push(`${token!.toString().slice(5)} at ${asyncScheduler.now()}`);
    });
    session.connect().subscribe();
    timer(1_000).subscribe(() => {
      right = 'new';
      server.disconnect();
    });
    timer(10_000).subscribe(() => (known = 'new'));
    timer(40_000).subscribe(() => seen.push(`${session.metrics.connections} connections`));
    expectObservable(timer(50_000)).toBe('50s (a|)', { a: 0 });
  });
  expect(seen).toEqual([
    // The connection that watches the cluster, and the one for requests.
    'old at 0',
    'old at 0',
    'old at 1000',
    'old at 1125',
    'new at 31000',
    'new at 31125',
    '1 connections',
  ]);
});

it('a function that fails is asked again as soon as the reconnection policy says', () => {
  const asked: string[] = [];
  marbles(({ expectObservable }) => {
    let isOpen = true;
    const server = fakeServer([], { authentication: ADA });
    const session = sessionOf(server, {
      auth: () => {
        asked.push(`${isOpen ? 'asked' : 'in vain'} at ${asyncScheduler.now()}`);
        if (!isOpen) throw new Error('The vault does not open.');
        return ADA;
      },
    });
    session.connect().subscribe();
    timer(1_000).subscribe(() => {
      isOpen = false;
      server.disconnect();
    });
    timer(1_500).subscribe(() => (isOpen = true));
    timer(5_000).subscribe(() => asked.push(`${session.metrics.connections} connections`));
    expectObservable(timer(6_000)).toBe('6s (a|)', { a: 0 });
  });
  expect(asked).toEqual([
    'asked at 0',
    'asked at 0',
    'in vain at 1000',
    'in vain at 1125',
    'in vain at 1125',
    'in vain at 1375',
    'in vain at 1375',
    'asked at 1875',
    'asked at 1875',
    '1 connections',
  ]);
});
