import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { concatMap, count, firstValueFrom, lastValueFrom, range, reduce, type Subscription } from 'rxjs';
import {
  AuthenticationError,
  createSession,
  type CqlError,
  executeConcurrent,
  NoHostAvailableError,
  type Session,
  type SessionOptions,
  type TlsOptions,
} from 'rxcql';
import { type CassandraCluster, startCassandra } from 'rxcql/testing';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Certificate, Certificates } from '../support/certificates.js';
import { proxyTo } from '../support/proxy.js';

const EXAMPLE = fileURLToPath(new URL('../../docs/examples/security.ts', import.meta.url));

// A node of its own, which asks for a password and a certificate; where the environment names a Cassandra, none is started.
describe.skipIf(process.env['CASSANDRA_CONTACT_POINTS'])('a Cassandra that asks for a password, in TLS', () => {
  const certificates = new Certificates();
  let authority: Certificate;
  let client: Certificate;
  let stranger: Certificate;
  let tls: TlsOptions;
  let running: Subscription;
  let cluster: CassandraCluster;
  const auth = { username: 'cassandra', password: 'cassandra' };
  const cleanups: (() => unknown)[] = [];

  beforeAll(async () => {
    authority = certificates.make({ isAuthority: true });
    const node = certificates.make({ names: 'IP:127.0.0.1,DNS:localhost', authority });
    client = certificates.make({ authority });
    stranger = certificates.make();
    tls = { ca: authority.cert, cert: client.cert, key: client.key };
    cluster = await new Promise((resolve, reject) => {
      running = startCassandra({
        authentication: true,
        tls: { ca: authority.certFile, cert: node.certFile, key: node.keyFile, requireClient: true },
        // A password that was changed is the right one at once.
        yaml: { credentials_validity: '0ms' },
        port: 19_043,
        storagePort: 17_001,
      }).subscribe({ next: resolve, error: reject });
    });
  }, 150_000);

  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  afterAll(async () => {
    running.unsubscribe();
    await lastValueFrom(cluster.nodes[0]!.logs);
    certificates.remove();
  });

  /** A login takes its time on a busy machine. */
  const sessionWith = (options: Partial<SessionOptions> = {}): Session => {
    const session = createSession({
      contactPoints: cluster.contactPoints,
      connectTimeout: 20_000,
      handshakeTimeout: 30_000,
      tls,
      auth,
      ...options,
    });
    cleanups.push(() => firstValueFrom(session.close(), { defaultValue: undefined }));
    return session;
  };

  /** What connecting fails with, at the only node there is. */
  const causeOf = async (options: Partial<SessionOptions>): Promise<CqlError> => {
    const failure: unknown = await lastValueFrom(sessionWith(options).connect()).then(
      () => expect.fail('It did not fail.'),
      (reason: unknown) => reason,
    );
    return failure instanceof NoHostAvailableError
      ? ([...failure.errors.values()][0]![0] as CqlError)
      : (failure as CqlError);
  };

  it.each([4, 5] as const)('takes the right ones, in protocol v%i', async (protocolVersion) => {
    const session = sessionWith({ protocolVersion });
    expect((await lastValueFrom(session.execute('SELECT key FROM system.local'))).rowCount).toBe(1);
  });

  it('refuses a wrong password, and none, with an error that says so and does not tell the password', async () => {
    const wrong = await causeOf({ auth: { username: 'cassandra', password: 'open sesame' } });
    expect(wrong).toBeInstanceOf(AuthenticationError);
    expect(wrong.message).not.toContain('sesame');
    const none = createSession({ contactPoints: cluster.contactPoints, tls, handshakeTimeout: 30_000 });
    cleanups.push(() => lastValueFrom(none.close()));
    await expect(lastValueFrom(none.connect())).rejects.toThrow('set `auth`');
  });

  it.each([
    [
      'without a certificate of ours',
      () => ({ ca: authority.cert }),
      /^ERR_RXCQL_(TLS_CLIENT_CERTIFICATE|NO_ANSWER)$/,
      /client certificate/,
    ],
    [
      'without a certificate of ours, in TLS 1.2',
      () => ({ ca: authority.cert, maxVersion: 'TLSv1.2' as const }),
      /^ERR_RXCQL_TLS_CLIENT_CERTIFICATE$/,
      /client certificate/,
    ],
    [
      'with a certificate of ours that it does not know',
      () => ({ ca: authority.cert, cert: stranger.cert, key: stranger.key }),
      /^ERR_RXCQL_(TLS_CLIENT_CERTIFICATE|NO_ANSWER)$/,
      /client certificate/,
    ],
    [
      'with a certificate of ours that it does not know, in TLS 1.2',
      () => ({ ca: authority.cert, cert: stranger.cert, key: stranger.key, maxVersion: 'TLSv1.2' as const }),
      /^ERR_RXCQL_TLS_CLIENT_CERTIFICATE$/,
      /client certificate/,
    ],
    [
      'whose authority is not known',
      () => ({ cert: client.cert, key: client.key }),
      /^ERR_RXCQL_TLS_UNKNOWN_AUTHORITY$/,
      /`ca`/,
    ],
    [
      'that is to be another',
      () => ({ ...tls, servername: 'db.example.org' }),
      /^ERR_RXCQL_TLS_WRONG_NAME$/,
      /does not name/,
    ],
  ] as const)('is not connected to %s', async (_, options, code, words) => {
    const cause = await causeOf({ tls: options() });
    expect(cause.code).toMatch(code);
    expect(cause.message).toMatch(words);
  });

  it('is not connected to without TLS, which the error proposes', async () => {
    const plain = createSession({ contactPoints: cluster.contactPoints, auth });
    cleanups.push(() => lastValueFrom(plain.close()));
    await expect(lastValueFrom(plain.connect())).rejects.toThrow(/the option `tls`/);
  });

  it('is told from one that does not speak TLS', async () => {
    const contactPoints = inject('contactPoints');
    expect(await causeOf({ contactPoints })).toMatchObject({ code: 'ERR_RXCQL_TLS_NOT_OFFERED' });
  });

  it('is told from one that asks for no password, where it is required to', async () => {
    const session = createSession({ contactPoints: inject('contactPoints'), auth: { ...auth, required: true } });
    cleanups.push(() => lastValueFrom(session.close()));
    await expect(lastValueFrom(session.connect())).rejects.toThrow(/did not ask for the credentials/);
  });

  it('goes on with a password that was changed in the middle', async () => {
    const admin = sessionWith();
    await lastValueFrom(admin.execute("CREATE ROLE ada WITH PASSWORD = 'first' AND LOGIN = true"));
    cleanups.push(() => lastValueFrom(admin.execute('DROP ROLE ada')));
    const proxy = await proxyTo(cluster.contactPoints[0]!);
    cleanups.push(() => proxy.close());
    let password = 'first';
    const asked: string[] = [];
    const session = sessionWith({
      contactPoints: [proxy.contactPoint],
      auth: () => {
        asked.push(password);
        return Promise.resolve({ username: 'ada', password });
      },
    });
    const read = (): Promise<number> =>
      lastValueFrom(session.execute('SELECT key FROM system.local')).then(({ rowCount }) => rowCount);
    expect(await read()).toBe(1);
    await lastValueFrom(admin.execute("ALTER ROLE ada WITH PASSWORD = 'second'"));
    // Who is in stays in.
    expect(await read()).toBe(1);
    expect(await causeOf({ auth: { username: 'ada', password } })).toBeInstanceOf(AuthenticationError);
    password = 'second';
    proxy.cut();
    await expect.poll(read, { timeout: 30_000, interval: 200 }).toBe(1);
    expect(asked.at(-1)).toBe('second');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes sessions of %s where a connection is lost', async (version) => {
    const proxy = await proxyTo(cluster.contactPoints[0]!);
    cleanups.push(() => proxy.close());
    let [asked, verified] = [0, 0];
    // A certificate is verified where a session begins, and not where it is resumed.
    const checkServerIdentity = (): undefined => {
      verified++;
    };
    const options = { ...tls, minVersion: version, maxVersion: version, checkServerIdentity };
    const session = sessionWith({
      contactPoints: [proxy.contactPoint],
      reconnection: () => 20,
      tls: () => {
        asked++;
        return options;
      },
    });
    const read = (): Promise<unknown> => lastValueFrom(session.execute('SELECT key FROM system.local'));
    await read();
    for (let cuts = 1; cuts <= 3; cuts++) {
      const before = asked;
      proxy.cut();
      await expect.poll(() => asked).toBeGreaterThan(before);
      await expect.poll(() => read().catch(() => undefined), { timeout: 30_000 }).toBeDefined();
    }
    expect(verified).toBeLessThan(asked);
  });

  it.each([
    ['v4, TLS 1.2', { protocolVersion: 4 }, 'TLSv1.2'],
    ['v5, TLS 1.3', { protocolVersion: 5 }, 'TLSv1.3'],
    ['v5, TLS 1.3, compressed', { protocolVersion: 5, compression: 'lz4' }, 'TLSv1.3'],
  ] as const)('takes rows, pages and large values, in %s', async (_, options, version) => {
    const session = sessionWith({ ...options, tls: { ...tls, minVersion: version, maxVersion: version } });
    const run = (cql: string, params: readonly unknown[] = []) => lastValueFrom(session.execute(cql, params));
    await run(
      "CREATE KEYSPACE IF NOT EXISTS secure WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    );
    await run('CREATE TABLE IF NOT EXISTS secure.t (k int, c int, v blob, PRIMARY KEY (k, c))');
    await run('TRUNCATE secure.t');
    const insert = 'INSERT INTO secure.t (k, c, v) VALUES (?, ?, ?)';
    const values = Array.from({ length: 2_000 }, (_, c) => [c % 7, c, Buffer.alloc(c % 500, c)]);
    expect(await lastValueFrom(executeConcurrent(session, insert, values).pipe(count()))).toBe(2_000);
    const large = Buffer.alloc(2 * 1024 * 1024, 'large');
    await run(insert, [100, 0, large]);
    await lastValueFrom(session.batch([1, 2, 3].map((c) => [insert, [101, c, Buffer.of(c)]])));
    const total = session
      .query<{ v: Buffer }>('SELECT v FROM secure.t WHERE k < 100 ALLOW FILTERING', [], { pageSize: 97 })
      .pipe(
        concatMap((page) => page),
        reduce((sum, { v }) => sum + v.length, 0),
      );
    expect(await lastValueFrom(total)).toBe(values.reduce((sum, [, , v]) => sum + (v as Buffer).length, 0));
    const read = await run('SELECT v FROM secure.t WHERE k = ?', [100]);
    expect(large.equals(read.one()['v'] as Buffer)).toBe(true);
    await lastValueFrom(
      range(0, 200).pipe(concatMap((c) => session.execute('SELECT * FROM secure.t WHERE k = ? AND c = ?', [101, c]))),
    );
  });

  it('runs the example of the documentation', async () => {
    const { folder } = certificates;
    copyFileSync(authority.certFile, join(folder, 'ca.pem'));
    copyFileSync(client.certFile, join(folder, 'client.pem'));
    copyFileSync(client.keyFile, join(folder, 'client.key'));
    writeFileSync(join(folder, 'password.txt'), 'cassandra\n');
    const env = { ...process.env, CASSANDRA_CONTACT_POINTS: cluster.contactPoints.join(','), CERTIFICATES: folder };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', EXAMPLE], { env });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual([
      'both: connected',
      'a password from a file: connected',
      'certificates from files: connected',
      'names: connected',
      'a token: ERR_RXCQL_AUTHENTICATION',
      'networks: connected',
      'a wrong password: refused, once',
      'for alice: 1',
    ]);
  });
});
