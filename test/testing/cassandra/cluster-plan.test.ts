import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors.js';
import { planCluster } from '../../../src/testing/cassandra/cluster-plan.js';
import { cassandraYaml } from '../../../src/testing/cassandra/node-folder.js';
import type { CassandraOptions } from '../../../src/testing/cassandra/options.js';
import { scratch } from './fake-java.js';

describe('planCluster', () => {
  it('fills in the defaults', () => {
    expect(planCluster({})).toEqual({
      nodes: [{ name: 'node1', host: '127.0.0.1', datacenter: 'datacenter1', rack: 'rack1' }],
      version: '5.0.5',
      heap: '512m',
      jvm: [],
      directory: undefined,
      yaml: {},
      authentication: false,
      tls: undefined,
      port: 9042,
      storagePort: 7000,
      startTimeout: 120_000,
    });
  });

  it('gives the nodes addresses that follow each other, and their place in the layout', () => {
    const layout = [
      { datacenter: 'dc1', rack: 'a' },
      { datacenter: 'dc2', rack: 'b' },
    ];
    expect(planCluster({ nodes: 2, host: '127.0.1.20', layout }).nodes).toEqual([
      { name: 'node1', host: '127.0.1.20', datacenter: 'dc1', rack: 'a' },
      { name: 'node2', host: '127.0.1.21', datacenter: 'dc2', rack: 'b' },
    ]);
  });

  it('makes the directory absolute', () => {
    expect(planCluster({ directory: 'some/where' }).directory).toBe(resolve('some/where'));
  });

  it('takes an option that is undefined as not given', () => {
    expect(planCluster({ heap: undefined } as unknown as CassandraOptions).heap).toBe('512m');
  });

  const layoutOf = (...names: unknown[]): unknown => names.map((name) => ({ datacenter: name, rack: 'r' }));
  it.each<[string, object, string]>([
    ['an unknown option', { node: 3 }, "startCassandra has no option 'node'. There are nodes, version, heap, jvm"],
    ['a name that every object has', { constructor: 1 }, "startCassandra has no option 'constructor'."],
    ['no nodes', { nodes: 0 }, 'nodes must be a whole number of at least 1, not 0.'],
    ['part of a node', { nodes: 1.5 }, 'nodes must be a whole number of at least 1, not 1.5.'],
    ['fewer than no nodes', { nodes: -1 }, 'nodes must be a whole number of at least 1, not -1.'],
    ['NaN', { nodes: NaN }, 'nodes must be a whole number of at least 1, not NaN.'],
    ['a wrong type', { nodes: '3' }, 'nodes must be of type number, not string.'],
    ['null', { tls: null }, 'tls must be of type object, not null.'],
    [
      'more nodes than addresses',
      { nodes: 3, host: '127.0.0.253' },
      'no 3 addresses from 127.0.0.253 up to 127.0.0.254.',
    ],
    ['an address that others reach', { host: '0.0.0.0' }, "host must be an IPv4 loopback address such as '127.0.0.1'"],
    ['a layout that is too short', { nodes: 2, layout: layoutOf('a') }, 'each of the 2 nodes; it has 1 entries.'],
    ['a layout for no node', { layout: [] }, 'each of the 1 nodes; it has 0 entries.'],
    [
      'a layout with a line break',
      { layout: layoutOf('a\nb') },
      'layout must name data centers and racks with letters',
    ],
    [
      'a layout without a name',
      { layout: layoutOf(undefined) },
      'layout must name data centers and racks with letters',
    ],
    [
      'a heap without a unit',
      { heap: '512' },
      "heap must be a size as Java writes it, such as '512m' or '2g', not '512'.",
    ],
    ['a heap of nothing', { heap: '0m' }, "not '0m'."],
    ['a class in place of an argument', { jvm: ['Main'] }, "'Main' does not."],
    ['a version that is none', { version: 'latest' }, "such as '5.0.5', not 'latest'."],
    ['a version that is too old', { version: '4.0.1' }, 'version must be one of Apache Cassandra from 4.1 on'],
    ['a version that is a path', { version: '5.0.5/../..' }, 'version must be one of Apache Cassandra from 4.1 on'],
    ['a port that is none', { port: 70_000 }, 'port must be a whole number from 1 to 65535, not 70000.'],
    ['one port for two', { port: 7000 }, 'port and storagePort must differ; both are 7000.'],
    ['no time', { startTimeout: 0 }, 'startTimeout must be a number of milliseconds above 0, not 0.'],
    ['a setting that has an option', { yaml: { storage_port: 1 } }, "it follows from the option 'storagePort'."],
    ['a misspelt TLS file', { tls: { certificate: 'x' } }, "no option 'tls.certificate'. There are tls.ca, tls.cert"],
    [
      'a TLS file that is not there',
      { tls: { ca: '/nowhere.pem', cert: '', key: '' } },
      "'/nowhere.pem' cannot be read.",
    ],
  ])('refuses %s', (_, options, message) => {
    const plan = (): unknown => planCluster(options);
    expect(plan).toThrow(ConfigurationError);
    expect(plan).toThrow(message);
  });

  it('refuses to change any setting on which the handles of the nodes rely', () => {
    const node = planCluster({}).nodes[0]!;
    const others = cassandraYaml('/x', planCluster({ storagePort: 1, port: 2, host: '127.0.0.9' }), {
      ...node,
      host: 'h',
    });
    const settled = Object.entries(cassandraYaml('/y', planCluster({}), node))
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(others[name]))
      .map(([name]) => name);
    expect(settled).toContain('native_transport_port');
    for (const name of settled) expect(() => planCluster({ yaml: { [name]: 1 } })).toThrow(`cannot change '${name}'`);
  });

  it('counts the nodes that a directory holds', () => {
    const directory = scratch();
    for (const name of ['node1', 'node2', 'notes']) mkdirSync(join(directory, name));
    expect(planCluster({ directory, nodes: 2 }).nodes).toHaveLength(2);
    expect(() => planCluster({ directory, nodes: 3 })).toThrow('holds a cluster of 2 nodes: start it with nodes: 2');
  });
});

describe('the TLS files of planCluster', () => {
  const folder = scratch();
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const certificate = file('cert.pem', '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  it('reads them, and brings the key into the form that Cassandra understands', () => {
    const key = file('sec1.pem', privateKey.export({ type: 'sec1', format: 'pem' }).toString());
    const { tls } = planCluster({ tls: { ca: certificate, cert: certificate, key } });
    expect(tls?.key).toBe(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    expect(tls?.cert).toContain('MII=');
    expect(tls?.requireClient).toBe(false);
  });

  it('refuses a key that is encrypted, and a certificate that is none', () => {
    const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    const key = file('encrypted.pem', privateKey.export(options).toString());
    expect(() => planCluster({ tls: { ca: certificate, cert: certificate, key } })).toThrow(
      `tls.key must be a private key in PEM, not encrypted; '${key}' is not.`,
    );
    expect(() => planCluster({ tls: { ca: key, cert: certificate, key } })).toThrow(
      'tls.ca must be certificates in PEM',
    );
  });
});
