import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPlan, NodePlan } from './cluster-plan.js';

/**
 * Writes what a node reads when it starts, anew each time; what it has stored stays. Returns its folder:
 *
 * - `conf`: `cassandra.yaml`, `cassandra-rackdc.properties`, `logback.xml`, and the keys if it talks TLS;
 * - `data`, `commitlog`, `hints` and so on: Cassandra's own;
 * - `logs/system.log`;
 * - `tmp`: the libraries that Java unpacks.
 */
export function writeNodeFolder(directory: string, plan: ClusterPlan, node: NodePlan): string {
  const folder = join(directory, node.name);
  const conf = join(folder, 'conf');
  for (const path of [conf, join(folder, 'logs'), join(folder, 'tmp')]) mkdirSync(path, { recursive: true });
  // JSON is YAML.
  writeFileSync(join(conf, 'cassandra.yaml'), JSON.stringify(cassandraYaml(folder, plan, node), undefined, 2));
  writeFileSync(join(conf, 'cassandra-rackdc.properties'), `dc=${node.datacenter}\nrack=${node.rack}\n`);
  writeFileSync(join(conf, 'logback.xml'), logback(join(folder, 'logs', 'system.log')));
  if (plan.tls) {
    writeFileSync(keyStore(folder), `${plan.tls.key}\n${plan.tls.cert}`, { mode: 0o600 });
    writeFileSync(trustStore(folder), plan.tls.ca);
  }
  return folder;
}

/** The settings of a node, as they stand in its `cassandra.yaml`. */
export function cassandraYaml(folder: string, plan: ClusterPlan, node: NodePlan): Readonly<Record<string, unknown>> {
  return {
    cluster_name: 'rxcql',
    num_tokens: 16,
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    // What was acknowledged is on disk, so that a node that was killed has it when it comes back.
    commitlog_sync: 'batch',
    // Without it TRUNCATE and DROP, of which tests do many, are slow and leave copies behind.
    auto_snapshot: false,
    user_defined_functions_enabled: true,
    materialized_views_enabled: true,
    // The caches that would otherwise take memory beside the heap.
    file_cache_size: '32MiB',
    networking_cache_size: '16MiB',
    ...(plan.authentication && {
      authenticator: 'PasswordAuthenticator',
      authorizer: 'CassandraAuthorizer',
      role_manager: 'CassandraRoleManager',
    }),
    ...(plan.tls && {
      client_encryption_options: {
        enabled: true,
        optional: false,
        ssl_context_factory: { class_name: 'org.apache.cassandra.security.PEMBasedSslContextFactory' },
        keystore: keyStore(folder),
        truststore: trustStore(folder),
        require_client_auth: plan.tls.requireClient,
      },
    }),
    ...plan.yaml,
    // Nodes that start together can find each other only if all are seeds, and then there is nobody to bootstrap from.
    auto_bootstrap: false,
    seed_provider: [
      {
        class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
        parameters: [{ seeds: plan.nodes.map(({ host }) => `${host}:${plan.storagePort}`).join(',') }],
      },
    ],
    listen_address: node.host,
    rpc_address: node.host,
    native_transport_port: plan.port,
    storage_port: plan.storagePort,
    endpoint_snitch: 'GossipingPropertyFileSnitch',
    data_file_directories: [join(folder, 'data')],
    commitlog_directory: join(folder, 'commitlog'),
    saved_caches_directory: join(folder, 'saved_caches'),
    hints_directory: join(folder, 'hints'),
    cdc_raw_directory: join(folder, 'cdc_raw'),
  };
}

const keyStore = (folder: string): string => join(folder, 'conf', 'node.pem');
const trustStore = (folder: string): string => join(folder, 'conf', 'trusted.pem');

const logback = (file: string): string => `<configuration>
  <appender name="file" class="ch.qos.logback.core.FileAppender">
    <file>${escapeXml(file)}</file>
    <encoder><pattern>%-5level [%thread] %date{ISO8601} %F:%L - %msg%n</pattern></encoder>
  </appender>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level [%thread] %date{ISO8601} %F:%L - %msg%n</pattern></encoder>
  </appender>
  <root level="INFO">
    <appender-ref ref="file" />
    <appender-ref ref="console" />
  </root>
</configuration>
`;

const escapeXml = (text: string): string => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
