import type { CloudSessionOptions } from 'rxcql';
import { afterAll, it } from 'vitest';
import { cqlServer } from 'rxcql/testing';
import { Certificates } from '../support/certificates.js';
import { bundleOf, type CloudStandIn, cloudStandIn } from '../support/cloud.js';
import { run } from '../support/running.js';
import { CANARY, cleanups, searched, session } from './secrets.js';

// What is in a secure connect bundle: a private key, and passwords for other programs. Each has a canary, in bundles that are right and wrong.

const AUTH = { username: 'token', password: `${CANARY}-token` };
const HOST_ID = '00000000-0000-4000-8000-000000000001';

const made = new Certificates();
afterAll(() => made.remove());
const authority = made.make({ isAuthority: true });
const server = made.make({ names: 'IP:127.0.0.1', authority });
const client = made.make({ authority });
/** Of the private key, a part that is in no certificate. */
const KEY_BYTES = client.key.split('\n')[1]!.slice(-40);

/** What bundles say besides where the service is. */
const PASSWORDS = {
  username: `${CANARY}-username`,
  password: `${CANARY}-password`,
  keyStorePassword: `${CANARY}-key-store`,
  trustStorePassword: `${CANARY}-trust-store`,
  pfxCertPassword: `${CANARY}-pfx`,
};

async function serving(): Promise<CloudStandIn> {
  const { value: nodes, stop } = await run(cqlServer([], { nodes: [{ host: '127.0.0.1' }], authentication: AUTH }));
  cleanups.push(stop);
  const standIn = await cloudStandIn(new Map([[HOST_ID, nodes.contactPoints[0]!]]), { authority, server });
  cleanups.push(() => standIn.close());
  const info = { local_dc: 'datacenter1', sni_proxy_address: standIn.proxy, contact_points: [HOST_ID] };
  standIn.answer.body = JSON.stringify({ contact_info: info });
  return standIn;
}

const WRONG: readonly (readonly [what: string, bundle: (right: object) => unknown, words: RegExp])[] = [
  ['that is right', (right) => bundleOf({ authority, client }, right), /Session/],
  ['that is no zip file', () => Buffer.from(`${CANARY}-password`), /is no zip file/],
  ['that is given as its text, and not as its path', () => `${CANARY}${'x'.repeat(5_000)}`, /cannot be read: E/],
  ['that is no bytes', () => ({ path: `${CANARY}-path` }), /must be the path/],
  ...(
    [
      ['whose configuration is no JSON', { 'config.json': `{"password": ${CANARY}-password` }, /no JSON/],
      ['whose configuration is a text', { 'config.json': `"${CANARY}-password"` }, /no JSON/],
      ['without a host', { 'config.json': JSON.stringify(PASSWORDS) }, /does not say the host/],
      ['without an authority', { 'ca.crt': undefined }, /"ca.crt" is missing/],
      ['whose key is none', { key: `${CANARY}-key` }, /cannot be read/],
      ['whose key is damaged', { key: client.key.replace(KEY_BYTES, `${CANARY}${KEY_BYTES}`) }, /cannot be read/],
      ['whose key is that of another', { key: made.make().key }, /cannot be read/],
      ['whose certificate is its key', { cert: client.key }, /cannot be read/],
      ['whose authority is its key', { 'ca.crt': client.key }, /cannot be asked|cannot be read/],
    ] as const
  ).map(
    ([what, changes, words]) =>
      [what, (right: object) => bundleOf({ authority, client }, right, changes), words] as const,
  ),
];

it.each(WRONG)('a bundle %s shows no secret', async (_, bundle, words) => {
  const standIn = await serving();
  const right = { host: '127.0.0.1', port: standIn.port, keyspace: '', ...PASSWORDS };
  await session({ secureConnectBundle: bundle(right), auth: AUTH } as CloudSessionOptions);
  searched(words, KEY_BYTES);
});

const FAILURES: readonly (readonly [
  what: string,
  fail: (standIn: CloudStandIn) => unknown,
  options: Partial<CloudSessionOptions>,
  words: RegExp,
])[] = [
  ['is away', (standIn) => standIn.close(), {}, /cannot be asked/],
  ['refuses it', (standIn) => (standIn.answer.status = 403), {}, /refuses the certificate/],
  ['has nothing', (standIn) => (standIn.answer.body = '{}'), {}, /has no local_dc/],
  ['says nonsense', (standIn) => (standIn.answer.body = '<html>'), {}, /is no JSON/],
  ['has a proxy that is away', (standIn) => redirect(standIn, '127.0.0.1:1'), {}, /ECONNREFUSED/],
  ['is right, but the password is not', () => undefined, { auth: { ...AUTH, password: CANARY } }, /refused the cred/],
  ['is right, and other options are wrong', () => undefined, { tls: { key: CANARY } } as never, /do not go together/],
];

function redirect(standIn: CloudStandIn, proxy: string): void {
  standIn.answer.body = standIn.answer.body.replace(standIn.proxy, proxy);
}

it.each(FAILURES)('a bundle whose service %s shows no secret', async (_, fail, options, words) => {
  const standIn = await serving();
  await fail(standIn);
  const config = { host: '127.0.0.1', port: standIn.port, ...PASSWORDS };
  await session({ secureConnectBundle: bundleOf({ authority, client }, config), auth: AUTH, ...options });
  searched(words, KEY_BYTES);
});

it('a bundle whose session is lost shows no secret', async () => {
  const standIn = await serving();
  const secureConnectBundle = bundleOf({ authority, client }, { host: '127.0.0.1', port: standIn.port, ...PASSWORDS });
  await session({ secureConnectBundle, auth: AUTH, reconnection: () => 10 }, (one) => {
    standIn.cut();
    return one.execute('SELECT key FROM system.local');
  });
  searched(/Session/, KEY_BYTES);
});
