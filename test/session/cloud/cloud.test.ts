import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { zipSync } from 'fflate';
import { firstValueFrom, lastValueFrom, ReplaySubject } from 'rxjs';
import {
  AuthenticationError,
  ConfigurationError,
  ConnectionError,
  createSession,
  type CloudSessionOptions,
  ProtocolError,
  type Session,
} from 'rxcql';
import { type CqlServer, cqlServer } from 'rxcql/testing';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { Certificates } from '../../support/certificates.js';
import { bundleOf, type CloudStandIn, cloudStandIn } from '../../support/cloud.js';
import { failureOf } from '../../support/served-session.js';

const made = new Certificates();
afterAll(() => made.remove());
const authority = made.make({ isAuthority: true });
const server = made.make({ names: 'IP:127.0.0.1', authority });
const client = made.make({ authority });
const stranger = made.make({ isAuthority: true });
const HOST_IDS = [1, 2, 3].map((i) => `00000000-0000-4000-8000-00000000000${i}`);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Cloud {
  readonly standIn: CloudStandIn;
  readonly nodes: CqlServer;
  readonly bundle: Uint8Array;
}

const contactInfo = (standIn: CloudStandIn, changes: object = {}): string =>
  JSON.stringify({
    version: 1,
    contact_info: {
      type: 'sni_proxy',
      local_dc: 'dc1',
      sni_proxy_address: standIn.proxy,
      contact_points: HOST_IDS,
      ...changes,
    },
  });

/** Three nodes on addresses of their own, which only the proxy knows. */
async function serving(certificate = server): Promise<Cloud> {
  const servers = new ReplaySubject<CqlServer>(1);
  const nodes = [1, 2, 3].map((i) => ({ host: `127.0.0.${i}`, datacenter: i === 3 ? 'dc2' : 'dc1' }));
  const listening = cqlServer([], { nodes, authentication: { username: 'token', password: 'hunter2' } }).subscribe(
    servers,
  );
  cleanups.push(() => listening.unsubscribe());
  const cql = await firstValueFrom(servers);
  const places = new Map(HOST_IDS.map((id, i) => [id, cql.contactPoints[i]!]));
  const standIn = await cloudStandIn(places, { authority, server: certificate });
  cleanups.push(() => standIn.close());
  standIn.answer.body = contactInfo(standIn);
  const config = { host: '127.0.0.1', port: standIn.port, keyspace: '', username: 'old', password: 'canary' };
  return { standIn, nodes: cql, bundle: bundleOf({ authority, client }, config) };
}

function sessionWith(options: CloudSessionOptions): Session {
  const session = createSession({
    auth: { username: 'token', password: 'hunter2' },
    schemaMetadata: false,
    reconnection: () => 20,
    ...options,
  });
  cleanups.push(() => lastValueFrom(session.close()));
  return session;
}

describe('a session with a secure connect bundle', () => {
  it('reaches each node by the proxy, by its host id', async () => {
    const { standIn, bundle } = await serving();
    const session = sessionWith({ secureConnectBundle: bundle });
    const topology = firstValueFrom(session.topology);
    await lastValueFrom(session.connect());
    expect(standIn.asked).toBe(1);
    const { nodes, localDataCenter } = await topology;
    expect(localDataCenter).toBe('dc1');
    const port = standIn.proxy.split(':')[1]!;
    expect(nodes.map(({ hostId, address }) => [hostId, address]).sort()).toEqual(
      HOST_IDS.map((id) => [id, `${id}:${port}`]),
    );
    for (const node of nodes) {
      const page = await lastValueFrom(session.execute('SELECT host_id FROM system.local', [], { node }));
      expect(page.one()).toEqual({ host_id: node.hostId });
      expect(page.coordinator).toBe(node.address);
    }
    expect(new Set(standIn.serverNames)).toEqual(new Set(HOST_IDS));
  });

  it('takes the bundle as a file, too', async () => {
    const { bundle } = await serving();
    const folder = mkdtempSync(join(tmpdir(), 'rxcql-bundle-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'secure-connect.zip');
    writeFileSync(file, bundle);
    const session = sessionWith({ secureConnectBundle: file });
    await lastValueFrom(session.connect());
    expect((await lastValueFrom(session.execute('SELECT key FROM system.local'))).rowCount).toBe(1);
  });

  it('is what docs/examples/cloud.ts shows', { timeout: 30_000 }, async () => {
    const { bundle } = await serving();
    const folder = mkdtempSync(join(tmpdir(), 'rxcql-bundle-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'bundle.zip');
    writeFileSync(file, bundle);
    const example = fileURLToPath(new URL('../../../docs/examples/cloud.ts', import.meta.url));
    const env = { ...process.env, SECURE_CONNECT_BUNDLE: file, ASTRA_TOKEN: 'hunter2' };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', example], { env });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^dc[12]\n$/);
  });

  it('asks the service again when it is lost, and goes on where that says, or where it was', async () => {
    const { standIn, nodes, bundle } = await serving();
    const session = sessionWith({ secureConnectBundle: bundle });
    await lastValueFrom(session.connect());
    const other = await cloudStandIn(new Map(HOST_IDS.map((id, i) => [id, nodes.contactPoints[i]!])), {
      authority,
      server,
    });
    cleanups.push(() => other.close());
    standIn.answer.body = contactInfo(other);
    standIn.cut();
    await expect.poll(() => new Set(other.serverNames).size, { timeout: 5_000 }).toBeGreaterThan(1);
    expect(standIn.asked).toBeGreaterThan(1);

    standIn.answer.status = 503;
    const before = other.serverNames.length;
    const asked = standIn.asked;
    other.cut();
    await expect.poll(() => other.serverNames.length, { timeout: 5_000 }).toBeGreaterThan(before);
    await expect.poll(() => standIn.asked, { timeout: 5_000 }).toBeGreaterThan(asked);
    await expect
      .poll(
        () =>
          lastValueFrom(session.execute('SELECT key FROM system.local')).then(
            ({ rowCount }) => rowCount,
            () => 0,
          ),
        {
          timeout: 5_000,
        },
      )
      .toBe(1);
  });

  it('believes nobody without a certificate of the authority in the bundle', async () => {
    const { bundle } = await serving(made.make({ names: 'IP:127.0.0.1', authority: stranger }));
    const error = await failureOf(sessionWith({ secureConnectBundle: bundle }).connect());
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: 'ERR_RXCQL_METADATA_SERVICE' });
  });

  it('compares the certificate of the proxy with the name of the proxy, not of the node', async () => {
    const { standIn, bundle } = await serving();
    standIn.answer.body = contactInfo(standIn, { sni_proxy_address: standIn.proxy.replace('127.0.0.1', 'localhost') });
    const error = await failureOf(sessionWith({ secureConnectBundle: bundle }).connect());
    expect(error.message).toContain('has a certificate that does not name "localhost"');
  });

  it('does not take a node for another', async () => {
    const { standIn, nodes, bundle } = await serving();
    const wrong = await cloudStandIn(new Map(HOST_IDS.map((id) => [id, nodes.contactPoints[0]!])), {
      authority,
      server,
    });
    cleanups.push(() => wrong.close());
    standIn.answer.body = contactInfo(wrong);
    const session = sessionWith({ secureConnectBundle: bundle });
    await lastValueFrom(session.connect());
    const topology = await firstValueFrom(session.topology);
    const error = await failureOf(session.execute('SELECT key FROM system.local', [], { node: topology.nodes[1]! }));
    expect(error).toMatchObject({ code: 'ERR_RXCQL_NO_HOST_AVAILABLE' });
  });

  it('shows no key, nor what passwords there are in the bundle', async () => {
    const { bundle } = await serving();
    const session = sessionWith({ secureConnectBundle: bundle });
    await lastValueFrom(session.connect());
    const printed = inspect(session, { depth: Infinity, showHidden: true }) + JSON.stringify(session);
    for (const secret of ['canary', 'hunter2', 'PRIVATE KEY', client.key.split('\n')[1]!]) {
      expect(printed).not.toContain(secret);
    }
  });
});

describe('the metadata service', () => {
  it.each<
    [what: string, change: (standIn: CloudStandIn) => unknown, type: new (...args: never) => Error, message: RegExp]
  >([
    [
      'is away',
      (standIn) => standIn.close(),
      ConnectionError,
      /^127\.0\.0\.1:\d+, the metadata service of the secure connect bundle, cannot be asked: .*ECONNREFUSED.*\. Is the database paused, or deleted\?$/,
    ],
    [
      'refuses us',
      (standIn) => (standIn.answer.status = 401),
      AuthenticationError,
      /refuses the certificate of the bundle: download it again\.$/,
    ],
    [
      'has a paused database',
      (standIn) => (standIn.answer.status = 503),
      ConnectionError,
      /answers with the status 503\. Is the database paused, or deleted\?$/,
    ],
    [
      'talks of something else',
      (standIn) => (standIn.answer.body = '<html>'),
      ProtocolError,
      /answers with something that is no JSON\.$/,
    ],
    [
      'talks without end',
      (standIn) => (standIn.answer.body = 'x'.repeat(2 ** 20 + 1)),
      ProtocolError,
      /answers with more than 1048576 bytes\.$/,
    ],
    [
      'has nothing to say',
      (standIn) => (standIn.answer.body = 'null'),
      ProtocolError,
      /has no local_dc that can be used/,
    ],
    [
      'has no proxy',
      (standIn) => (standIn.answer.body = contactInfo(standIn, { sni_proxy_address: 'proxy' })),
      ProtocolError,
      /has no sni_proxy_address that can be used/,
    ],
    [
      'has no nodes',
      (standIn) => (standIn.answer.body = contactInfo(standIn, { contact_points: [] })),
      ProtocolError,
      /has no contact_points that can be used/,
    ],
    [
      'has nodes that are none',
      (standIn) => (standIn.answer.body = contactInfo(standIn, { contact_points: ['a b'] })),
      ProtocolError,
      /has no contact_points that can be used/,
    ],
  ])('%s: the session says so, and tries again when it is asked to', async (_, change, type, message) => {
    const { standIn, bundle } = await serving();
    const session = sessionWith({ secureConnectBundle: bundle });
    await change(standIn);
    const error = await failureOf(session.connect());
    expect(error).toBeInstanceOf(type);
    expect(error.message).toMatch(message);
    standIn.answer = { status: 200, body: contactInfo(standIn) };
    if (!message.source.includes('ECONNREFUSED')) await lastValueFrom(session.connect());
  });

  it('asks for a certificate: that of somebody else does not do', async () => {
    const { standIn } = await serving();
    const other = made.make({ authority: stranger });
    const bundle = bundleOf({ authority, client: other }, { host: '127.0.0.1', port: standIn.port });
    const error = await failureOf(sessionWith({ secureConnectBundle: bundle }).connect());
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'ERR_RXCQL_METADATA_SERVICE' });
    expect(standIn.asked).toBe(0);
  });

  it('has a limit for its answer', async () => {
    const { standIn, bundle } = await serving();
    Object.defineProperty(standIn, 'answer', { get: () => ({ status: 102, body: '' }) });
    const error = await failureOf(sessionWith({ secureConnectBundle: bundle, connectTimeout: 200 }).connect());
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'ERR_RXCQL_METADATA_SERVICE' });
  });
});

describe('a secure connect bundle', () => {
  const config = { host: '127.0.0.1', port: 1 };
  const bundle = (changes: Parameters<typeof bundleOf>[2], own: object = config): Uint8Array =>
    bundleOf({ authority, client }, own, changes);
  /** A zip that says of a file that it is small, and is not. */
  const lying = (): Uint8Array => {
    const zip = Buffer.from(bundle({ cert: Buffer.alloc(100_000) }));
    for (
      let at = zip.indexOf('PK\u0001\u0002', 0, 'latin1');
      at >= 0;
      at = zip.indexOf('PK\u0001\u0002', at + 1, 'latin1')
    ) {
      if (zip.readUInt32LE(at + 24) === 100_000) zip.writeUInt32LE(10, at + 24);
    }
    return zip;
  };
  const failure = (options: object): string => {
    try {
      createSession(options as CloudSessionOptions);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(inspect(error)).not.toContain('canary');
      return (error as Error).message;
    }
    return expect.fail('It did not fail.');
  };
  const CANNOT = 'The secure connect bundle cannot be used: ';

  it.each<[what: string, bytes: () => Uint8Array, reason: string]>([
    ['no zip file', () => Buffer.from('canary'), 'it is no zip file'],
    ['nothing', () => Buffer.alloc(0), 'it is no zip file'],
    ['half of one', () => bundle({}).subarray(0, 500), 'it is no zip file'],
    ['an empty one', () => zipSync({}), 'the file "config.json" is missing in it'],
    [
      'one without a configuration',
      () => bundle({ 'config.json': undefined }),
      'the file "config.json" is missing in it',
    ],
    ['one without a key', () => bundle({ key: undefined }), 'the file "key" is missing in it'],
    [
      'one whose files lie elsewhere',
      () => bundle({ cert: undefined, '../cert': 'x', 'a/cert': 'x' }),
      'the file "cert" is missing in it',
    ],
    [
      'a configuration that is none',
      () => bundle({ 'config.json': '{"password": canary' }),
      'its config.json is no JSON',
    ],
    [
      'a configuration without a host',
      () => bundle({}, { port: 1, password: 'canary' }),
      'its config.json does not say the host and port of the metadata service',
    ],
    [
      'a configuration with a strange port',
      () => bundle({}, { host: 'h', port: 70_000 }),
      'its config.json does not say the host and port of the metadata service',
    ],
    ['a large file', () => bundle({ key: Buffer.alloc(300_000) }), 'the file "key" in it has more than 262144 bytes'],
    ['a large zip', () => Buffer.alloc(2 ** 20 + 1), 'it has more than 1048576 bytes'],
  ])('that is %s is refused', (_, bytes, reason) => {
    expect(failure({ secureConnectBundle: bytes() })).toBe(`${CANNOT}${reason}. Download it again.`);
  });

  it('that is a bomb takes no more room than it says', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`other${i}`, Buffer.alloc(50_000_000 / 50)]));
    const before = process.memoryUsage().arrayBuffers;
    expect(() => createSession({ secureConnectBundle: bundle(many) })).not.toThrow();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
    expect(failure({ secureConnectBundle: lying() })).toMatch(
      /^The (secure connect bundle cannot be used|option `tls` has a key)/,
    );
  });

  it('that is changed anywhere is refused, or used: it is never an error that nobody expects', () => {
    const original = bundle({});
    for (let at = 0; at < original.length; at += 7) {
      const changed = Uint8Array.from(original);
      changed[at]! ^= 0xff;
      try {
        createSession({ secureConnectBundle: changed });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
      }
    }
  });

  it('that is not there, or has keys that are none, is told of at once', () => {
    expect(failure({ secureConnectBundle: '/nowhere/bundle.zip' })).toBe(
      'The secure connect bundle cannot be read: ENOENT.',
    );
    expect(failure({ secureConnectBundle: bundle({ key: 'canary' }) })).toMatch(
      /^The option `tls` has a key or certificate that cannot be read/,
    );
    expect(failure({ secureConnectBundle: 5 })).toBe(
      'The option "secureConnectBundle" must be the path of a secure connect bundle, or its bytes.',
    );
  });

  it.each([
    ['contactPoints', ['127.0.0.1']],
    ['port', 9042],
    ['tls', true],
    ['addressTranslator', (address: unknown) => address],
    ['allowedAddresses', ['10.0.0.0/8']],
  ])('does not go with the option %s', (name, value) => {
    expect(failure({ secureConnectBundle: bundle({}), [name]: value })).toBe(
      `The options "secureConnectBundle" and "${name}" do not go together: the bundle says where the nodes are, and how to reach them.`,
    );
  });
});
