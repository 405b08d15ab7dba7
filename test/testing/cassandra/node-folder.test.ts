import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planCluster, type ClusterPlan } from '../../../src/testing/cassandra/cluster-plan.js';
import { daemonArguments } from '../../../src/testing/cassandra/java-arguments.js';
import { writeNodeFolder } from '../../../src/testing/cassandra/node-folder.js';
import type { CassandraOptions } from '../../../src/testing/cassandra/options.js';
import { scratch } from './fake-java.js';

/** Writes the folder of the last node, and reads a file of it. */
function write(options: CassandraOptions | ClusterPlan) {
  const plan = 'startTimeout' in options ? (options as ClusterPlan) : planCluster(options);
  const folder = writeNodeFolder(scratch(), plan, plan.nodes.at(-1)!);
  const read = (name: string): string => readFileSync(join(folder, 'conf', name), 'utf8');
  return { folder, read, yaml: JSON.parse(read('cassandra.yaml')) };
}

describe('writeNodeFolder', () => {
  it('gives a node its address, all nodes as seeds, and folders of its own', () => {
    const { folder, yaml } = write({ nodes: 3, port: 9142, storagePort: 7100 });
    expect(folder).toMatch(/node3$/);
    expect(yaml).toMatchObject({
      listen_address: '127.0.0.3',
      rpc_address: '127.0.0.3',
      native_transport_port: 9142,
      storage_port: 7100,
      auto_bootstrap: false,
      data_file_directories: [join(folder, 'data')],
      commitlog_directory: join(folder, 'commitlog'),
    });
    expect(yaml.seed_provider[0].parameters[0].seeds).toBe('127.0.0.1:7100,127.0.0.2:7100,127.0.0.3:7100');
  });

  it('writes its data center and rack', () => {
    const { read, yaml } = write({ layout: [{ datacenter: 'west', rack: 'r2' }] });
    expect(yaml.endpoint_snitch).toBe('GossipingPropertyFileSnitch');
    expect(read('cassandra-rackdc.properties')).toBe('dc=west\nrack=r2\n');
  });

  it('merges settings, which replace those that would be there otherwise', () => {
    const { yaml } = write({ yaml: { num_tokens: 1, audit_logging_options: { enabled: true } } });
    expect(yaml).toMatchObject({ num_tokens: 1, audit_logging_options: { enabled: true }, cluster_name: 'rxcql' });
  });

  it('asks for a password only when it is told to', () => {
    expect(write({}).yaml).not.toHaveProperty('authenticator');
    expect(write({ authentication: true }).yaml).toMatchObject({
      authenticator: 'PasswordAuthenticator',
      authorizer: 'CassandraAuthorizer',
      role_manager: 'CassandraRoleManager',
    });
  });

  it('writes the keys, readable by the owner only', () => {
    const tls = { ca: 'CA', cert: 'CERT', key: 'KEY', requireClient: true };
    const { folder, read, yaml } = write({ ...planCluster({}), tls });
    expect(yaml.client_encryption_options).toMatchObject({
      enabled: true,
      optional: false,
      require_client_auth: true,
      keystore: join(folder, 'conf/node.pem'),
      truststore: join(folder, 'conf/trusted.pem'),
    });
    expect(read('node.pem')).toBe('KEY\nCERT');
    expect(read('trusted.pem')).toBe('CA');
    expect(statSync(join(folder, 'conf/node.pem')).mode & 0o777).toBe(0o600);
  });

  it('writes anew what a node reads, and leaves what it stored', () => {
    const directory = scratch();
    const plan = planCluster({});
    const folder = writeNodeFolder(directory, plan, plan.nodes[0]!);
    writeFileSync(join(folder, 'logs/system.log'), 'stored');
    writeNodeFolder(directory, planCluster({ port: 9999 }), plan.nodes[0]!);
    expect(readFileSync(join(folder, 'logs/system.log'), 'utf8')).toBe('stored');
    expect(readFileSync(join(folder, 'conf/cassandra.yaml'), 'utf8')).toContain('9999');
  });
});

describe('daemonArguments', () => {
  it('has the size of the heap, and the arguments of the user behind the others', () => {
    const setup = { java: 'java', jars: '/jars', folder: '/node1', jmxPort: 7199 };
    const parameters = daemonArguments(setup, { heap: '1g', jvm: ['-XX:TieredStopAtLevel=4'] });
    expect(parameters).toContain('-Xmx1g');
    expect(parameters).toContain('-Dcassandra.config=file:///node1/conf/cassandra.yaml');
    expect(parameters.slice(-4)).toEqual([
      '-XX:TieredStopAtLevel=4',
      '-cp',
      '/jars/*',
      'org.apache.cassandra.service.CassandraDaemon',
    ]);
  });
});
