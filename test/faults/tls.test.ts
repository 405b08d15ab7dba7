import type { TlsOptions as ServerOptions } from 'node:tls';
import { NoHostAvailableError, type TlsOptions } from 'rxcql';
import { expect } from 'vitest';
import { certificates } from '../support/certificates.js';
import { type TlsProxy, tlsProxyTo } from '../support/tls-proxy.js';
import { type Asked, scenario, type World } from './oracles.js';
import { pause, until } from './waiting.js';

const made = certificates();
const authority = made.make({ isAuthority: true });
const stranger = made.make({ isAuthority: true });
const right = made.make({ names: 'IP:127.0.0.1', authority });
const byName = made.make({ names: 'DNS:localhost', authority });
const client = made.make({ authority });
const TRUSTING: TlsOptions = { ca: authority.cert };

const ASKING: ServerOptions = { ...right, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
const OLD: ServerOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' };

async function behind(world: World, options: ServerOptions): Promise<TlsProxy> {
  const server = await world.server();
  const proxy = await tlsProxyTo(server.contactPoint, options);
  world.atEnd(() => proxy.close());
  return proxy;
}

/** What one request fails with at the only contact point there is. */
async function causeOf(asked: Asked, contactPoint: string): Promise<Error & { readonly code?: string }> {
  const { error } = await asked.ended;
  expect(error).toBeInstanceOf(NoHostAvailableError);
  const causes = (error as unknown as NoHostAvailableError).errors.get(contactPoint)!;
  expect(causes.length).toBe(1);
  expect(error!.message).toContain(causes[0]!.message);
  return causes[0]!;
}

const BAD: readonly (readonly [string, ServerOptions, TlsOptions, string, RegExp])[] = [
  ['signed by itself', made.make({ names: 'IP:127.0.0.1' }), {}, 'SELF_SIGNED', /signed by itself.*`ca`/],
  ['that has expired', made.make({ names: 'IP:127.0.0.1', days: -1, authority }), {}, 'EXPIRED', /has expired/],
  [
    'for another name',
    made.make({ names: 'DNS:db.example.org,IP:127.0.0.2', authority }),
    {},
    'WRONG_NAME',
    /does not name "127\.0\.0\.1", but DNS:db\.example\.org, IP Address:127\.0\.0\.2: .*`identity`/,
  ],
  [
    'with the address as its common name only',
    made.make({ commonName: '127.0.0.1', authority }),
    {},
    'WRONG_NAME',
    /does not name "127\.0\.0\.1", but 127\.0\.0\.1/,
  ],
  [
    'of an authority that is not known',
    made.make({ names: 'IP:127.0.0.1', authority: stranger }),
    {},
    'UNKNOWN_AUTHORITY',
    /authority that is not known.*`ca`/,
  ],
  ['and TLS 1.1 at most', { ...right, ...OLD }, {}, 'VERSION', /no version of TLS that is spoken here/],
  ['and wants one of ours, in TLS 1.3', ASKING, { minVersion: 'TLSv1.3' }, 'CLIENT_CERTIFICATE', /`cert` and `key`/],
  ['and wants one of ours, in TLS 1.2', ASKING, { maxVersion: 'TLSv1.2' }, 'CLIENT_CERTIFICATE', /`cert` and `key`/],
];

for (const [what, options, ours, code, words] of BAD) {
  scenario(`R18 a server has a certificate ${what}`, {}, async (world) => {
    const { cert, key } = ours;
    const tls: TlsOptions = { ...TRUSTING, ...(cert === undefined ? ours : { cert, key: key! }) };
    const proxy = await behind(world, options);
    const session = world.unconnected({ contactPoints: [proxy.contactPoint], tls });
    const cause = await causeOf(world.read(session), proxy.contactPoint);
    expect(cause.code).toBe(`ERR_RXCQL_TLS_${code}`);
    expect(cause.message).toMatch(words);
    expect(cause.message).toContain(proxy.contactPoint);
  });
}

scenario('R18 a server leaves when it has seen our certificate', {}, async (world) => {
  const proxy = await behind(world, ASKING);
  const { cert, key } = made.make({ authority: stranger });
  const session = world.unconnected({ contactPoints: [proxy.contactPoint], tls: { ...TRUSTING, cert, key } });
  const cause = await causeOf(world.read(session), proxy.contactPoint);
  // Node says nothing more of it; others do.
  expect(cause.code).toBe('ERR_RXCQL_NO_ANSWER');
  expect(cause.message).toMatch(/client certificate, or another one: see `cert`/);
});

for (const [what, certificate, contactPoint, tls] of [
  ['the address in its certificate', right, '127.0.0.1', {}],
  ['the name in its certificate', byName, 'localhost', {}],
  ['a certificate of its own', right, '127.0.0.1', { cert: client.cert, key: client.key }],
] as const) {
  scenario(`R18 a server is good that has, or wants, ${what}`, {}, async (world) => {
    const proxy = await behind(world, 'cert' in tls ? ASKING : certificate);
    const session = await world.session(
      { contactPoint: `${contactPoint}:${proxy.port}` },
      { tls: { ...TRUSTING, ...tls } },
    );
    await world.warmUp(session);
    expect(world.warnings).toEqual([]);
    await world.recovers(() => world.read(session));
  });
}

scenario('R18 a server without TLS is none for a client with it', {}, async (world) => {
  const { contactPoint } = await world.server();
  const session = world.unconnected({ contactPoints: [contactPoint], tls: TRUSTING });
  const cause = await causeOf(world.read(session), contactPoint);
  expect(cause).toMatchObject({ code: 'ERR_RXCQL_TLS_NOT_OFFERED' });
  expect(cause.message).toMatch(/does not speak TLS/);
});

scenario('R18 a server with TLS is none for a client without it', {}, async (world) => {
  const proxy = await behind(world, right);
  const session = world.unconnected({ contactPoints: [proxy.contactPoint] });
  const cause = await causeOf(world.read(session), proxy.contactPoint);
  expect(cause.code).toMatch(/^ERR_RXCQL_(TLS_REQUIRED|NO_ANSWER)$/);
  expect(cause.message).toMatch(/option `tls`/);
});

scenario('R18 a certificate is swapped for a bad one, and back', {}, async (world) => {
  const proxy = await behind(world, right);
  const session = await world.session(proxy, { tls: TRUSTING });
  await world.warmUp(session);
  proxy.change(made.make({ names: 'IP:127.0.0.1', authority: stranger }));
  expect((await world.read(session).ended).error).toBeUndefined();
  proxy.cut();
  await until(() => session.metrics.connections === 0);
  // A session of before may be resumed, by who it was agreed on with; nobody else is let in.
  const { accepted } = proxy;
  const before = accepted.length;
  for (let i = 0; i < 20; i++) {
    await world.read(session).ended;
    await pause(10);
  }
  expect(accepted.slice(before).filter(({ isResumed }) => !isResumed)).toEqual([]);
  proxy.change(right);
  await world.recovers(() => world.read(session));
});
