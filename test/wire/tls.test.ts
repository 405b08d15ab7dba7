import { createSecureContext } from 'node:tls';
import { NEVER, of } from 'rxjs';
import { createSession, type TlsOptions, type TlsProvider } from 'rxcql';
import { opcode, when } from 'rxcql/testing';
import { lastValueFrom } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { encryptionOf } from '../../src/session/tls-options.js';
import { tcp } from '../../src/wire/socket.js';
import { certificates } from '../support/certificates.js';
import { startNode } from '../support/test-node.js';
import { type TlsProxy, tlsProxyTo } from '../support/tls-proxy.js';
import { open, Probe } from '../support/wire.js';

const made = certificates();
const authority = made.make({ isAuthority: true });
const right = made.make({ names: 'IP:127.0.0.1,DNS:localhost,DNS:*.db.example.org', authority });
const client = made.make({ authority });

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serving(options: Parameters<typeof tlsProxyTo>[1] = right): Promise<TlsProxy> {
  const node = await startNode();
  cleanups.push(() => node.close());
  const proxy = await tlsProxyTo(node.contactPoint, options);
  cleanups.push(() => proxy.close());
  return proxy;
}

const failureOf = (proxy: TlsProxy, tls: Parameters<typeof encryptionOf>[0], options = {}): Promise<unknown> =>
  open(proxy.port, { encryption: encryptionOf(tls), ...options }).then(
    ({ subscription }) => {
      subscription.unsubscribe();
      return 'connected';
    },
    (reason: unknown) => reason,
  );

/** Connects with the same encryption, again and again; whether each time a session was resumed. */
async function resumed(
  proxy: TlsProxy,
  encryption: ReturnType<typeof encryptionOf>,
  times: number,
): Promise<boolean[]> {
  const before = proxy.accepted.length;
  for (let i = 0; i < times; i++) {
    const { subscription, connection } = await open(proxy.port, { encryption });
    const probe = new Probe(connection, 'q');
    connection.submit(probe);
    await probe.settled;
    subscription.unsubscribe();
  }
  return proxy.accepted.slice(before).map(({ isResumed }) => isResumed);
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a connection with %s', (version) => {
  const tls: TlsOptions = { ca: authority.cert, minVersion: version, maxVersion: version };

  it('says and hears what one without does', async () => {
    const proxy = await serving();
    const { connection, subscription } = await open(proxy.port, { encryption: encryptionOf(tls) });
    cleanups.push(() => subscription.unsubscribe());
    expect(proxy.accepted.map(({ version: agreed }) => agreed)).toEqual([version]);
    expect(connection.remote).toEqual({ host: '127.0.0.1', port: proxy.port });
    const probes = Array.from({ length: 50 }, (_, i) => new Probe(connection, `${i} ${'x'.repeat(30_000)}`));
    for (const probe of probes) connection.submit(probe);
    await Promise.all(probes.map(({ settled }) => settled));
    expect(probes.every(({ events }) => events.length === 1 && events[0]!.startsWith('response'))).toBe(true);
  });

  it('shows its certificate, where it has one', async () => {
    const proxy = await serving({ ...right, ca: authority.cert, requestCert: true, rejectUnauthorized: true });
    expect(await failureOf(proxy, { ...tls, cert: client.cert, key: client.key })).toBe('connected');
  });

  it('resumes the session of the one before', async () => {
    const proxy = await serving();
    expect(await resumed(proxy, encryptionOf(tls), 4)).toEqual([false, true, true, true]);
  });

  it('resumes it as long as it is given the same options', async () => {
    const proxy = await serving();
    let given = { ...tls };
    const encryption = encryptionOf(() => given);
    expect(await resumed(proxy, encryption, 2)).toEqual([false, true]);
    given = { ...tls };
    expect(await resumed(proxy, encryption, 2)).toEqual([false, true]);
  });

  it('resumes none of a server that had another name', async () => {
    const proxy = await serving();
    let name = 'localhost';
    const encryption = encryptionOf({ ...tls, identity: () => name });
    const once = async (): Promise<unknown> => {
      const socket: typeof tcp = (endpoint, options) => tcp({ ...endpoint, node: {} }, options);
      try {
        const { connection, subscription } = await open(proxy.port, { encryption, socket });
        const probe = new Probe(connection, 'q');
        connection.submit(probe);
        await probe.settled;
        subscription.unsubscribe();
        return 'connected';
      } catch (reason) {
        return (reason as { readonly code: string }).code;
      }
    };
    expect([await once(), await once()]).toEqual(['connected', 'connected']);
    name = 'another.example.org';
    expect(await once()).toBe('ERR_RXCQL_TLS_WRONG_NAME');
    name = 'a.db.example.org';
    expect(await once()).toBe('connected');
  });
});

describe('what is verified', () => {
  it('is what an environment variable of Node would turn off', async () => {
    const proxy = await serving(made.make({ names: 'IP:127.0.0.1' }));
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    cleanups.push(() => {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      warned.mockRestore();
    });
    expect(await failureOf(proxy, true)).toMatchObject({ code: 'ERR_RXCQL_TLS_SELF_SIGNED' });
    expect(proxy.accepted).toEqual([]);
    expect(await failureOf(proxy, { dangerouslyDisableVerification: true })).toBe('connected');
  });

  it('cannot be less by a function of the user, but more', async () => {
    const other = await serving(made.make({ names: 'DNS:other.example.org', authority }));
    const checkServerIdentity = vi.fn(() => undefined);
    expect(await failureOf(other, { ca: authority.cert, checkServerIdentity })).toMatchObject({
      code: 'ERR_RXCQL_TLS_WRONG_NAME',
    });
    expect(checkServerIdentity).not.toHaveBeenCalled();
    const proxy = await serving();
    const refusing = (): Error => new Error('It is not the certificate that was pinned');
    expect(String(await failureOf(proxy, { ca: authority.cert, checkServerIdentity: refusing }))).toContain('pinned');
  });

  it('is the version too, where the user brings a context', async () => {
    const options = { ca: authority.cert, ciphers: 'DEFAULT:@SECLEVEL=0' };
    const proxy = await serving({ ...right, minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' });
    const old = createSecureContext({ ...options, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    expect(await failureOf(proxy, { secureContext: old })).toMatchObject({ code: 'ERR_RXCQL_TLS_VERSION' });
    expect(await failureOf(proxy, { secureContext: createSecureContext(options) })).toBe('connected');
  });

  it('is the name that the user gives, for a contact point by an address', async () => {
    const proxy = await serving(made.make({ names: 'DNS:db.example.org', authority }));
    const tls = { ca: authority.cert };
    expect(await failureOf(proxy, tls)).toMatchObject({ code: 'ERR_RXCQL_TLS_WRONG_NAME' });
    expect(await failureOf(proxy, { ...tls, servername: 'db.example.org' })).toBe('connected');
    expect(proxy.accepted.map(({ servername }) => servername)).toEqual(['db.example.org']);
  });

  it('is nothing that a server is told of before', async () => {
    const node = await startNode();
    cleanups.push(() => node.close());
    const proxy = await tlsProxyTo(node.contactPoint, made.make());
    cleanups.push(() => proxy.close());
    await failureOf(proxy, true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(node.server.accepted).toBe(0);
  });
});

describe('the function that gives the options', () => {
  it('is asked at each connection, so that certificates may change', async () => {
    const next = made.make({ isAuthority: true });
    const proxy = await serving();
    const given = [{ ca: authority.cert }, { ca: authority.cert }, { ca: [authority.cert, next.cert] }];
    const encryption = encryptionOf(() => Promise.resolve(given.shift()!));
    const connected = (): Promise<unknown> =>
      open(proxy.port, { encryption }).then(
        ({ subscription }) => subscription.unsubscribe(),
        (reason: unknown) => reason,
      );
    expect(await connected()).toBeUndefined();
    proxy.change(made.make({ names: 'IP:127.0.0.1', authority: next }));
    expect(await connected()).toMatchObject({ code: 'ERR_RXCQL_TLS_UNKNOWN_AUTHORITY' });
    expect(await connected()).toBeUndefined();
  });

  it.each<readonly [string, TlsProvider, string]>([
    [
      'throws',
      () => {
        throw new Error('canary-7f3a91');
      },
      'the option "tls" failed',
    ],
    ['gives what makes no sense', () => ({ rejectUnauthorized: false }), 'dangerouslyDisableVerification'],
    ['gives nothing', () => undefined as never, 'must be an object'],
    ['gives a certificate that is none', () => ({ cert: 'canary-7f3a91', key: 'canary-7f3a91' }), 'cannot be read'],
  ])('that %s ends the attempt to connect', async (_, provider, message) => {
    const failure = await failureOf(await serving(), provider);
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_CONFIGURATION' });
    expect(String(failure)).toContain(message);
    expect(String(failure)).not.toContain('canary');
  });

  it('that has no answer ends it in time', async () => {
    const failure = await failureOf(await serving(), () => NEVER, { connectTimeout: 100 });
    expect(failure).toMatchObject({ code: 'ERR_RXCQL_CONNECT_TIMEOUT' });
    expect(String(failure)).toContain('the option `tls` had no answer within 100 ms');
  });
});

describe('the name that a certificate has to have', () => {
  /** A cluster of three nodes of which each has a certificate of its own, as `names` says. */
  async function cluster(...names: readonly string[]): Promise<TlsProxy[]> {
    const hosts = names.map((_, i) => `127.0.0.${i + 1}`);
    const node = await startNode([when(opcode('QUERY')).delay(0)], { nodes: hosts.map((host) => ({ host })) });
    cleanups.push(() => node.close());
    const proxies: TlsProxy[] = [];
    for (const [i, one] of names.entries()) {
      const certificate = made.make({ names: one, authority });
      const place = { host: `127.0.1.${i + 1}`, port: proxies[0]?.port ?? 0 };
      proxies.push(await tlsProxyTo(`${hosts[i]!}:${node.port}`, certificate, place));
      cleanups.push(() => proxies[i]!.close());
    }
    return proxies;
  }

  /** The nodes to which a session has connections, when it has tried to have one to each. */
  async function reached(proxies: readonly TlsProxy[], tls: TlsOptions, contactPoint: string): Promise<string[]> {
    const session = createSession({
      contactPoints: [contactPoint],
      schemaMetadata: false,
      tls: { ca: authority.cert, ...tls },
      addressTranslator: ({ host }) => ({ host: host.replace('127.0.0.', '127.0.1.'), port: proxies[0]!.port }),
    });
    cleanups.push(() => lastValueFrom(session.close()));
    await lastValueFrom(session.connect());
    const settled = new Set<string>();
    await new Promise<void>((resolve) => {
      session.topology.subscribe(({ nodes }) => {
        for (const { node, connections } of session.metrics.nodes) if (connections > 0) settled.add(node.address);
        for (const { address, isUp } of nodes) if (!isUp) settled.add(address);
        if (settled.size === nodes.length) resolve();
      });
      session.events.subscribe(({ type, ...rest }) => {
        if (type === 'connectionOpened') settled.add((rest as { node: { address: string } }).node.address);
        if (settled.size === proxies.length) resolve();
      });
    });
    const up = session.metrics.nodes.filter(({ connections }) => connections > 0);
    return up.map(({ node }) => node.address.split(':')[0]!).sort();
  }

  it('is the address of a node', async () => {
    const proxies = await cluster('IP:127.0.1.1', 'IP:127.0.1.2', 'IP:127.0.0.99');
    expect(await reached(proxies, {}, proxies[0]!.contactPoint)).toEqual(['127.0.1.1', '127.0.1.2']);
  });

  it('is what the user says of a node, which servers are told', async () => {
    const proxies = await cluster(
      'IP:127.0.1.1,DNS:node1.example.org',
      'DNS:node2.example.org',
      'DNS:node3.example.org',
    );
    const identity: TlsOptions['identity'] = ({ address }) => `node${/(\d):/.exec(address)![1]!}.example.org`;
    const all = ['127.0.1.1', '127.0.1.2', '127.0.1.3'];
    expect(await reached(proxies, { identity }, proxies[0]!.contactPoint)).toEqual(all);
    expect(proxies[1]!.accepted[0]!.servername).toBe('node2.example.org');
  });

  it('is that of the contact point, for the node that it leads to', async () => {
    const node = await startNode();
    cleanups.push(() => node.close());
    const proxy = await tlsProxyTo(node.contactPoint, made.make({ names: 'DNS:localhost', authority }));
    cleanups.push(() => proxy.close());
    expect(await reached([proxy], {}, `localhost:${proxy.port}`)).toEqual(['127.0.0.1']);
    expect(new Set(proxy.accepted.map(({ servername }) => servername))).toEqual(new Set(['localhost']));
  });

  it('is none where the function of the user does not say', async () => {
    const proxies = await cluster('IP:127.0.1.1');
    for (const identity of [
      () => undefined as never,
      () => {
        throw new Error('It does not know.');
      },
    ]) {
      const session = createSession({
        contactPoints: [proxies[0]!.contactPoint],
        schemaMetadata: false,
        tls: { ca: authority.cert, identity },
      });
      cleanups.push(() => lastValueFrom(session.close()));
      await expect(lastValueFrom(session.connect())).rejects.toThrow('The function `identity` of `tls`');
    }
  });
});

describe('what waits to be said', () => {
  it('is said to nobody who is not known yet', async () => {
    const proxy = await serving();
    const written: number[] = [];
    const socket = tcp(
      { host: '127.0.0.1', port: proxy.port },
      {
        connectTimeout: 1_000,
        encryption: encryptionOf({ ca: authority.cert }),
      },
    );
    const running = socket(of(Buffer.from([5, 0, 0, 0, 5, 0, 0, 0, 0]))).subscribe((bytes) => written.push(bytes[4]!));
    cleanups.push(() => running.unsubscribe());
    await vi.waitFor(() => expect(written).toEqual([6]));
  });
});
