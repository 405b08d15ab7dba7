import { inspect } from 'node:util';
import { EMPTY, from, NEVER, of, throwError, timer } from 'rxjs';
import { type Authenticator, AuthenticationError, type AuthOption, type Credentials } from 'rxcql';
import {
  authChallenge,
  authenticate,
  authSuccess,
  type CqlServerOptions,
  error,
  opcode,
  type Rule,
  when,
} from 'rxcql/testing';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { Opcode } from '../../src/codec/envelope.js';
import { loginOf } from '../../src/session/auth-options.js';
import { tcp } from '../../src/wire/socket.js';
import { startNode, type TestNode } from '../support/test-node.js';
import { open, type TestOptions } from '../support/wire.js';

const ADA: Credentials = { username: 'ada', password: 'open sesame' };
const ASKING: CqlServerOptions = { authentication: { username: 'ada', password: 'open sesame' } };

const cleanups: (() => unknown)[] = [];
let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  warned.mockRestore();
});

async function serving(rules: readonly Rule[] = [], options: CqlServerOptions = ASKING): Promise<TestNode> {
  const node = await startNode(rules, options);
  cleanups.push(() => node.close());
  return node;
}

/** What becomes of a handshake: the error, or undefined where the server has let us in. */
async function outcome(node: TestNode, auth: AuthOption | undefined, options: TestOptions = {}): Promise<unknown> {
  try {
    const { subscription } = await open(node.port, { ...options, login: auth && loginOf(auth) });
    subscription.unsubscribe();
    return undefined;
  } catch (reason) {
    return reason;
  }
}

const tokens = (node: TestNode): (string | undefined)[] =>
  node.requests.filter((request) => request.opcode === 'AUTH_RESPONSE').map(({ token }) => token?.toString());

const asking = (authenticator: string): CqlServerOptions => ({
  authentication: { username: 'ada', password: 'open sesame', authenticator },
});

/** A socket that leads to this machine and claims to lead elsewhere. */
const faraway: TestOptions['socket'] = (endpoint, options) =>
  tcp(endpoint, {
    ...options,
    onConnected: ({ port }) => options.onConnected?.({ host: '192.0.2.1', port }),
  });

describe('a name and a password', () => {
  it.each([
    ['as they are', ADA],
    ['from a function', () => ADA],
    ['from an Observable', () => timer(5).pipe(() => of(ADA))],
    ['from a promise', () => Promise.resolve(ADA)],
    ['from an iterable', () => [ADA]],
  ] as const)('are sent, %s', async (_, auth) => {
    const node = await serving();
    expect(await outcome(node, auth)).toBeUndefined();
    expect(tokens(node)).toEqual(['\0ada\0open sesame']);
    expect(warned).not.toHaveBeenCalled();
  });

  it('are asked for at each connection, so that they may change', async () => {
    const node = await serving();
    const passwords = ['old', 'open sesame'];
    const login = loginOf(() => of({ username: 'ada', password: passwords.shift()! }));
    await expect(open(node.port, { login })).rejects.toThrow('refused the credentials');
    const { subscription } = await open(node.port, { login });
    subscription.unsubscribe();
    expect(tokens(node)).toEqual(['\0ada\0old', '\0ada\0open sesame']);
  });

  it.each([
    'org.apache.cassandra.auth.PasswordAuthenticator',
    'com.scylladb.auth.TransitionalAuthenticator',
    'com.scylladb.auth.SaslauthdAuthenticator',
  ])('are sent to %s', async (authenticator) => {
    const node = await serving([], asking(authenticator));
    expect(await outcome(node, ADA)).toBeUndefined();
  });

  it('are sent to no authenticator that is not known, and to one that the user knows', async () => {
    const node = await serving([], asking('com.example.Collector'));
    const refusal = await outcome(node, ADA);
    expect(refusal).toBeInstanceOf(AuthenticationError);
    expect(String(refusal)).toContain('"com.example.Collector", to which nothing is sent');
    expect(tokens(node)).toEqual([]);
    expect(await outcome(node, { ...ADA, classes: ['com.example.Collector'] })).toBeUndefined();
    expect(tokens(node)).toEqual(['\0ada\0open sesame']);
  });

  it('are sent to the authenticator of DSE in the order that it wants', async () => {
    const rules = [
      when(opcode('AUTH_RESPONSE'))
        .reply(authChallenge(Buffer.from('PLAIN-START')))
        .afterwards()
        .reply(authSuccess()),
    ];
    const node = await serving(rules, asking('com.datastax.bdp.cassandra.auth.DseAuthenticator'));
    expect(await outcome(node, ADA)).toBeUndefined();
    expect(tokens(node)).toEqual(['PLAIN', '\0ada\0open sesame']);
  });

  it('are all that is said: a challenge is not answered', async () => {
    const node = await serving([when(opcode('AUTH_RESPONSE')).reply(authChallenge(Buffer.from('more')))]);
    const failure = (await outcome(node, ADA)) as AuthenticationError;
    expect(failure).toBeInstanceOf(AuthenticationError);
    expect(String(failure.cause)).toContain('asked for more than a name and a password');
    expect(tokens(node).length).toBe(1);
  });

  it('are in no error, even where the server repeats them', async () => {
    for (const kind of ['BadCredentials', 'ServerError'] as const) {
      const message = 'no entry for \0ada\0open sesame';
      const node = await serving([when(opcode('AUTH_RESPONSE')).reply(error(kind, { message }))]);
      const failure = await outcome(node, ADA);
      expect(String(failure)).toContain('[redacted]');
      expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('sesame');
    }
  });

  it('are in no error, even where they have what is not shown as it is', async () => {
    const credentials = { username: 'ada', password: 'open\u200bsesame\u001b' };
    const repeating = error('BadCredentials', { message: `no ${credentials.password}` });
    const node = await serving([when(opcode('AUTH_RESPONSE')).reply(repeating)], { authentication: credentials });
    const failure = await outcome(node, credentials);
    expect(String(failure)).toMatch(/: no \[redacted\]$/);
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('sesame');
  });

  it('are refused by a server that says something else instead', async () => {
    const node = await serving([when(opcode('AUTH_RESPONSE')).reply(authenticate())]);
    expect(await outcome(node, ADA)).toMatchObject({ code: 'ERR_RXCQL_PROTOCOL' });
  });
});

describe('a server that does not ask', () => {
  it('is warned of once, or refused', async () => {
    const node = await serving([], {});
    const login = loginOf(ADA);
    for (let i = 0; i < 2; i++) (await open(node.port, { login })).subscription.unsubscribe();
    expect(warned).toHaveBeenCalledOnce();
    expect(warned.mock.calls[0]).toEqual([
      `${node.contactPoint} did not ask for the credentials that were given.`,
      { type: 'RxcqlWarning', code: 'RXCQL_NO_AUTHENTICATION' },
    ]);
    for (const auth of [{ ...ADA, required: true }, () => ({ ...ADA, required: true })]) {
      expect(await outcome(node, auth)).toBeInstanceOf(AuthenticationError);
    }
    expect(await outcome(node, { required: true, initialResponse: () => [null] })).toBeInstanceOf(AuthenticationError);
  });
});

describe('a server that asks', () => {
  it('is told nothing where there is nothing to tell', async () => {
    const node = await serving();
    const failure = await outcome(node, undefined);
    expect(failure).toBeInstanceOf(AuthenticationError);
    expect(String(failure)).toContain('set `auth`');
  });

  it('for a certificate, which it has, gets no password', async () => {
    const rule = when(opcode('AUTH_RESPONSE')).reply(authSuccess());
    const node = await serving([rule], asking('org.apache.cassandra.auth.MutualTlsAuthenticator'));
    expect(await outcome(node, undefined)).toBeUndefined();
    expect(tokens(node)).toEqual(['']);
    expect(await outcome(node, ADA)).toBeInstanceOf(AuthenticationError);
    expect(tokens(node)).toEqual(['']);
  });

  it('on another machine, without TLS, is told the password, of which there is one warning', async () => {
    const node = await serving();
    const login = loginOf(ADA);
    for (let i = 0; i < 2; i++) (await open(node.port, { login, socket: faraway })).subscription.unsubscribe();
    expect(warned).toHaveBeenCalledOnce();
    expect(warned.mock.calls[0]![1]).toEqual({ type: 'RxcqlWarning', code: 'RXCQL_PLAIN_TEXT_PASSWORD' });
    expect(inspect(warned.mock.calls)).not.toContain('sesame');
  });

  it('on another machine, without TLS, is told nothing where the user wants it so', async () => {
    const node = await serving();
    for (const auth of [{ ...ADA, requireTls: true }, () => ({ ...ADA, requireTls: true })]) {
      const failure = await outcome(node, auth, { socket: faraway });
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect(String(failure)).toContain('without TLS: set `tls`');
    }
    expect(tokens(node)).toEqual([]);
    expect(await outcome(node, { ...ADA, requireTls: true })).toBeUndefined();
  });
});

describe('an authenticator', () => {
  const challenging = (rounds: number): Rule => {
    let round = 0;
    return when(opcode('AUTH_RESPONSE')).reply(() =>
      round++ < rounds ? authChallenge(Buffer.from(`challenge ${round}`)) : authSuccess(Buffer.from('welcome')),
    );
  };

  it('answers in several rounds, and hears of its success', async () => {
    const heard: unknown[] = [];
    const node = await serving([challenging(3)]);
    const auth: Authenticator = {
      initialResponse: (authenticatorClass, at) => {
        heard.push([authenticatorClass, at]);
        return of(Buffer.from('first'));
      },
      challenge: (token, round) => {
        heard.push([Buffer.from(token!).toString(), round]);
        return Promise.resolve(round === 2 ? null : Buffer.from(`answer ${round}`));
      },
      success: (token) => void heard.push(Buffer.from(token!).toString()),
    };
    expect(await outcome(node, auth)).toBeUndefined();
    expect(tokens(node)).toEqual(['first', 'answer 1', undefined, 'answer 3']);
    expect(heard).toEqual([
      ['org.apache.cassandra.auth.PasswordAuthenticator', node.contactPoint],
      ['challenge 1', 1],
      ['challenge 2', 2],
      ['challenge 3', 3],
      'welcome',
    ]);
  });

  it('answers ten challenges, and not one more', async () => {
    const auth: Authenticator = { initialResponse: () => [null], challenge: () => [null] };
    expect(await outcome(await serving([challenging(10)]), auth)).toBeUndefined();
    const node = await serving([challenging(100)]);
    const failure = await outcome(node, auth);
    expect(failure).toBeInstanceOf(AuthenticationError);
    expect(String(failure)).toContain('more than 10 times');
    expect(tokens(node).length).toBe(11);
  });

  it('is not given a challenge of more than 64 KiB', async () => {
    const challenge = vi.fn(() => [null]);
    const node = await serving([when(opcode('AUTH_RESPONSE')).reply(authChallenge(Buffer.alloc(65_537)))]);
    expect(String(await outcome(node, { initialResponse: () => [null], challenge }))).toContain('65537 bytes');
    expect(challenge).not.toHaveBeenCalled();
  });

  it('with one round is not asked for another', async () => {
    const failure = await outcome(await serving([challenging(1)]), { initialResponse: () => [null] });
    expect(String(failure)).toContain('asks for more than the authenticator can say');
  });

  it('is asked by servers of its classes only', async () => {
    const node = await serving();
    const initialResponse = vi.fn(() => [null]);
    expect(await outcome(node, { classes: ['com.example.Other'], initialResponse })).toBeInstanceOf(
      AuthenticationError,
    );
    expect(initialResponse).not.toHaveBeenCalled();
    expect(tokens(node)).toEqual([]);
  });

  it('may be made for each connection', async () => {
    const node = await serving([when(opcode('AUTH_RESPONSE')).reply(authSuccess())]);
    let made = 0;
    const login = loginOf(() => {
      const number = ++made;
      return { initialResponse: () => [Buffer.from(`connection ${number}`)] };
    });
    for (let i = 0; i < 2; i++) (await open(node.port, { login })).subscription.unsubscribe();
    expect(tokens(node)).toEqual(['connection 1', 'connection 2']);
  });

  it('refuses a server by throwing when it has accepted', async () => {
    const auth: Authenticator = {
      initialResponse: () => [null],
      success: () => {
        throw new Error('The signature of the server is wrong.');
      },
    };
    const node = await serving([when(opcode('AUTH_RESPONSE')).reply(authSuccess())]);
    const failure = (await outcome(node, auth)) as AuthenticationError;
    expect(failure).toBeInstanceOf(AuthenticationError);
    expect(String(failure.cause)).toContain('signature');
  });
});

describe('what comes before a server has let us in', () => {
  const announcing = (opcodeOfAnswer: number) => (request: { readonly streamId: number }) => {
    const header = Buffer.from([0x84, 0, 0, 0, opcodeOfAnswer, 0, 0, 0, 0]);
    header.writeInt16BE(request.streamId, 2);
    header.writeInt32BE(1024 * 1024 + 1, 5);
    return header;
  };

  it.each([
    ['SUPPORTED', 'OPTIONS', Opcode.SUPPORTED],
    ['AUTHENTICATE', 'STARTUP', Opcode.AUTHENTICATE],
    ['AUTH_CHALLENGE', 'AUTH_RESPONSE', Opcode.AUTH_CHALLENGE],
    ['ERROR', 'AUTH_RESPONSE', Opcode.ERROR],
  ] as const)('is 1 MiB at most: %s', async (_, asked, answer) => {
    const node = await serving([when(opcode(asked)).bytes(announcing(answer))]);
    const failure = await outcome(node, ADA, { protocolVersion: 4 });
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_PROTOCOL' });
    expect(String(failure)).toContain('a body of 1048577 bytes; 1048576 is the most');
  });
});

describe('a function of the user that fails', () => {
  const failing = new Error('The vault does not open: open sesame.');
  const ways: readonly (readonly [string, () => never])[] = [
    [
      'throws',
      () => {
        throw failing;
      },
    ],
    ['emits an error', () => throwError(() => failing) as never],
    ['rejects', () => from(Promise.reject(failing)) as never],
    ['completes with nothing', () => EMPTY as never],
  ];

  it.each(ways)('because it %s ends the handshake, with a cause that is not shown', async (_, auth) => {
    const node = await serving();
    for (const option of [auth, { initialResponse: auth }, { initialResponse: () => [null], challenge: auth }]) {
      const rule = when(opcode('AUTH_RESPONSE')).reply(authChallenge());
      const asked = typeof option === 'object' && 'challenge' in option ? await serving([rule]) : node;
      const failure = (await outcome(asked, option)) as AuthenticationError;
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect(failure.cause).toBeInstanceOf(Error);
      const shown = [inspect(failure, { depth: 9, showHidden: true }), JSON.stringify(failure), failure.stack];
      expect(shown.join('\n')).not.toContain('sesame');
    }
    expect(tokens(node)).toEqual([]);
  });

  it('because it has no answer ends with the time for the handshake', async () => {
    const node = await serving([when(opcode('AUTH_RESPONSE')).reply(authChallenge())]);
    for (const option of [
      () => NEVER,
      { initialResponse: () => NEVER },
      { initialResponse: () => [null], challenge: () => NEVER },
    ]) {
      const failure = await outcome(node, option, { handshakeTimeout: 150 });
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect(String(failure)).toContain('the option `auth` had no answer within 150 ms');
    }
  });

  it.each([
    ['credentials', () => ({ username: 'ada' }) as Credentials, 'ERR_RXCQL_CONFIGURATION'],
    ['a token', { initialResponse: () => ['text' as never] }, 'ERR_RXCQL_AUTHENTICATION'],
    ['a token', { initialResponse: () => 'text' as never }, 'ERR_RXCQL_AUTHENTICATION'],
  ])('to give %s is told what it has to give', async (_, auth, code) => {
    const node = await serving();
    expect(await outcome(node, auth)).toMatchObject({ code });
    expect(tokens(node)).toEqual([]);
  });
});
