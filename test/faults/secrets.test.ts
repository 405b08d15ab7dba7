import { of, take, tap, throwError } from 'rxjs';
import type { AuthOption, Session, TlsOption } from 'rxcql';
import { cql, type CqlServerOptions, error, opcode, prepared, rows, type Rule, when } from 'rxcql/testing';
import { afterAll, expect, it } from 'vitest';
import { Certificates } from '../support/certificates.js';
import { tlsProxyTo } from '../support/tls-proxy.js';
import { CANARY, cleanups, print, printed, searched, serving, session } from './secrets.js';
import { pause } from './waiting.js';

// Every way that leads to an error, with a canary wherever a secret may be; and a search of all that is printed or emitted.

const PASSWORD = `${CANARY}-password`;
const VALUE = `${CANARY}-value`;
const ADA = { username: 'ada', password: PASSWORD };

const made = new Certificates();
afterAll(() => made.remove());
const authority = made.make({ isAuthority: true });
const right = made.make({ names: 'IP:127.0.0.1', authority });
/** Of a private key, a part that is in no certificate. */
const KEY_BYTES = right.key.split('\n')[1]!.slice(-40);

const PREPARE_READ = when(opcode('PREPARE')).reply(
  prepared({ parameters: { k: 'text', n: 'int' }, columns: { v: 'text' } }),
);
const ROWS = when(opcode('EXECUTE')).reply(rows({ v: 'text' }, [[VALUE]]));
const READ = 'SELECT v FROM ks.t WHERE k = ? AND n = ?';

const ASKING: CqlServerOptions = { authentication: ADA };
const failing = (): never => {
  throw new Error(`The vault says ${PASSWORD}.`);
};

const AUTHENTICATIONS: readonly (readonly [string, AuthOption, readonly Rule[], CqlServerOptions, RegExp])[] = [
  ['is wrong', { ...ADA, password: `${PASSWORD}-wrong` }, [], ASKING, /refused the credentials/],
  ['is right', ADA, [], ASKING, /Session/],
  ['is not asked for', ADA, [], {}, /did not ask for the credentials/],
  ['is required', { ...ADA, required: true }, [], {}, /did not ask for the credentials/],
  ['is for another class', ADA, [], { authentication: { ...ADA, authenticator: 'com.example.X' } }, /com\.example\.X/],
  ['has a mistake beside it', { ...ADA, user: PASSWORD } as never, [], ASKING, /no option "user"/],
  ['is no string', { username: 'ada', password: [PASSWORD] as never }, [], ASKING, /must be a string/],
  [
    'is repeated',
    ADA,
    [when(opcode('AUTH_RESPONSE')).reply(error('BadCredentials', { message: `No ${PASSWORD}` }))],
    ASKING,
    /No \[redacted\]/,
  ],
  [
    'is repeated by a broken server',
    ADA,
    [when(opcode('AUTH_RESPONSE')).reply(error('ServerError', { message: `${PASSWORD}?` }))],
    ASKING,
    /\[redacted\]\?/,
  ],
  [
    'is lost on its way',
    ADA,
    [when(opcode('AUTH_RESPONSE')).disconnect('reset')],
    ASKING,
    /ECONNRESET|closed the connection/,
  ],
  ['is not answered', ADA, [when(opcode('AUTH_RESPONSE')).drop()], ASKING, /not ready within/],
  ['is in what a function throws', failing, [], ASKING, /the option `auth` failed/],
  [
    'is in what an Observable emits',
    () => throwError(() => new Error(PASSWORD)) as never,
    [],
    ASKING,
    /the option `auth` failed/,
  ],
  [
    'is in what a promise rejects',
    () => Promise.reject(new Error(PASSWORD)) as never,
    [],
    ASKING,
    /the option `auth` failed/,
  ],
  ['is in credentials that are none', () => of({ name: PASSWORD }) as never, [], ASKING, /no option "name"/],
  ['is in what an authenticator throws', { initialResponse: failing }, [], ASKING, /the option `auth` failed/],
  ['is a token that is none', { initialResponse: () => [PASSWORD as never] }, [], ASKING, /must give a Uint8Array/],
  [
    'is in what success throws',
    { initialResponse: () => [Buffer.from(`\0ada\0${PASSWORD}`)], success: failing },
    [],
    ASKING,
    /the option `auth` failed/,
  ],
];

it.each(AUTHENTICATIONS)('a password that %s is nowhere', async (_, auth, rules, options, words) => {
  await session({ contactPoints: [await serving(rules, options)], auth });
  searched(words);
});

const CANNOT: TlsOption = { key: `${CANARY}-key`, cert: right.cert, passphrase: `${CANARY}-passphrase` };

const ENCRYPTIONS: readonly (readonly [string, TlsOption, RegExp])[] = [
  ['that work', { ca: authority.cert, cert: right.cert, key: right.key }, /Session/],
  ['whose certificate is not known', { cert: right.cert, key: right.key }, /authority that is not known/],
  ['that cannot be read', CANNOT, /cannot be read/],
  ['that cannot be read when they are asked for', () => CANNOT, /cannot be read/],
  [
    'with a passphrase of the wrong type',
    { passphrase: 5_110_511 as never, key: right.key, cert: right.cert },
    /`passphrase`/,
  ],
  ['of a function that throws', failing, /the option "tls" failed/],
  ['with a mistake beside them', { ca: authority.cert, keys: right.key } as never, /no option "keys"/],
];

it.each(ENCRYPTIONS)('the keys of TLS %s are nowhere', async (_, tls, words) => {
  const proxy = await tlsProxyTo(await serving(), right);
  cleanups.push(() => proxy.close());
  await session({ contactPoints: [proxy.contactPoint], tls });
  searched(words, KEY_BYTES);
  expect(printed.join('\n')).not.toContain('5110511');
});

it('what a statement was given, and has read, is nowhere', async () => {
  const failure = when(cql(/^SELECT broken/)).reply(error('ServerError', { message: 'It does not work.' }));
  const address = await serving([failure, PREPARE_READ, when(cql(/^UPDATE/)).drop(), ROWS]);
  const wrong = [
    { k: VALUE },
    { k: VALUE, n: VALUE },
    [VALUE, VALUE],
    [VALUE, 1, VALUE],
    [[VALUE], 1],
    [{ [VALUE]: 1 }, 1],
    [VALUE, 2 ** 40],
  ];
  await session(
    { contactPoints: [address], auth: ADA },
    ...wrong.map((params) => (one: Session) => one.execute(READ, params)),
    (one) => one.execute('SELECT broken FROM t WHERE k = ? AND n = ?', [VALUE, 1]),
    (one) => one.execute('UPDATE t SET v = 1 WHERE k = ? AND n = ?', [VALUE, 1], { timeout: 100 }),
    (one) =>
      one.execute(READ, [VALUE, 1], { customPayload: { secret: Buffer.from(VALUE) }, consistency: 'MOST' as never }),
    (one) => one.batch([[READ, [VALUE, VALUE]]]),
    (one) => one.batch([[READ, [VALUE, 1]]], { timeout: 100, idempotent: false }),
    (one) => one.execute(READ, [VALUE, 1]).pipe(tap(print)),
    (one) => one.query(READ, [VALUE, 1]).pipe(tap(print), take(1)),
  );
  await pause(0);
  searched(/BindError/);
});
