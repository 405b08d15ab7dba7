// Logging in and TLS, as docs/security.md shows them. It needs a Cassandra that asks for both, and its files:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 CERTIFICATES=folder npx tsx docs/examples/security.ts`.
import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defer, from, lastValueFrom, map } from 'rxjs';
import {
  AuthenticationError,
  type Authenticator,
  createSession,
  type CqlError,
  type Credentials,
  NoHostAvailableError,
  type SessionOptions,
  type TlsOptions,
} from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const folder = process.env['CERTIFICATES'] ?? '.';
const passwordFile = join(folder, 'password.txt');

/** Runs a session, and tells what came of it. */
async function tryOut(name: string, options: Partial<SessionOptions>): Promise<void> {
  const session = createSession({ contactPoints, connectTimeout: 30_000, handshakeTimeout: 30_000, ...options });
  try {
    await lastValueFrom(session.connect());
    console.log(`${name}: connected`);
  } catch (error) {
    const causes = error instanceof NoHostAvailableError ? [...error.errors.values()].flat() : [error];
    console.log(`${name}: ${causes.map((cause) => (cause as CqlError).code).join()}`);
  } finally {
    await lastValueFrom(session.close());
  }
}

const tls: TlsOptions = {
  ca: readFileSync(join(folder, 'ca.pem')),
  // Where servers ask for a certificate of the client:
  cert: readFileSync(join(folder, 'client.pem')),
  key: readFileSync(join(folder, 'client.key')),
};
const auth: Credentials = { username: 'cassandra', password: 'cassandra', required: true, requireTls: true };
await tryOut('both', { tls, auth });

// A password that changes: it is read again for each connection.
const rotated = (): Promise<Credentials> =>
  readFile(passwordFile, 'utf8').then((password) => ({ username: 'cassandra', password: password.trim() }));
await tryOut('a password from a file', { tls, auth: rotated });

// Certificates that change: as long as the same object is given, nothing is read again, and sessions of TLS are resumed.
let known = { changed: 0, options: tls };
const renewed = (): TlsOptions => {
  const changed = statSync(join(folder, 'client.pem')).mtimeMs;
  if (changed !== known.changed) {
    const [cert, key] = [readFileSync(join(folder, 'client.pem')), readFileSync(join(folder, 'client.key'))];
    known = { changed, options: { ...tls, cert, key } };
  }
  return known.options;
};
await tryOut('certificates from files', { tls: renewed, auth });

// What the certificates of nodes name, where that is not their addresses.
const names = new Map([['127.0.0.1', 'localhost']]);
await tryOut('names', {
  tls: { ...tls, identity: ({ address }) => names.get(address.split(':')[0]!) ?? address },
  auth,
});

// A SASL mechanism of one's own.
const token: Authenticator = {
  classes: ['com.example.auth.TokenAuthenticator'],
  required: true,
  initialResponse: () =>
    defer(() => from(readFile(join(folder, 'token.txt')))).pipe(map((bytes) => bytes.subarray(0, 32))),
};
await tryOut('a token', { tls, auth: token });

// Nodes are connected to in these networks only, whatever servers say.
await tryOut('networks', { tls, auth, allowedAddresses: ['127.0.0.0/8', '10.0.0.0/8', 'fd00::/8'] });

const wrong = createSession({ contactPoints, tls, auth: { ...auth, password: 'guess' }, handshakeTimeout: 30_000 });
wrong.connect().subscribe({
  error: (error: unknown) => {
    if (error instanceof AuthenticationError) console.log('a wrong password: refused, once');
  },
});
await lastValueFrom(wrong.connect(), { defaultValue: undefined }).catch(() => undefined);
await lastValueFrom(wrong.close());

// On behalf of somebody else, where the server knows that (DataStax Enterprise): for this request.
const session = createSession({ contactPoints, tls, auth, handshakeTimeout: 30_000 });
const customPayload = { ProxyExecute: Buffer.from('alice') };
const page = await lastValueFrom(session.execute('SELECT key FROM system.local', [], { customPayload }));
console.log('for alice:', page.rowCount);
await lastValueFrom(session.close());
