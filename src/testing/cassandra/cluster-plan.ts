/** What is to be started: the options, checked, with every default filled in. */
import { createPrivateKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from '../../errors.js';
import type { CassandraOptions, TlsFiles } from './options.js';

export interface NodePlan {
  /** The name of the node's folder. */
  readonly name: string;
  readonly host: string;
  readonly datacenter: string;
  readonly rack: string;
}

/** The contents of the files of {@link TlsFiles}. */
export interface TlsPlan {
  readonly ca: string;
  readonly cert: string;
  /** In PKCS #8, the only form that Cassandra reads. */
  readonly key: string;
  readonly requireClient: boolean;
}

export interface ClusterPlan {
  readonly nodes: readonly NodePlan[];
  readonly version: string;
  readonly heap: string;
  readonly jvm: readonly string[];
  /** Absolute; undefined for a temporary one. */
  readonly directory: string | undefined;
  readonly yaml: Readonly<Record<string, unknown>>;
  readonly authentication: boolean;
  readonly tls: TlsPlan | undefined;
  readonly port: number;
  readonly storagePort: number;
  readonly startTimeout: number;
}

// The settings on which the handles of the nodes rely, and what to use instead.
const settledSettings: Readonly<Record<string, string>> = {
  listen_address: 'host',
  rpc_address: 'host',
  native_transport_port: 'port',
  storage_port: 'storagePort',
  seed_provider: 'nodes',
  auto_bootstrap: 'nodes',
  endpoint_snitch: 'layout',
  client_encryption_options: 'tls',
  data_file_directories: 'directory',
  commitlog_directory: 'directory',
  saved_caches_directory: 'directory',
  hints_directory: 'directory',
  cdc_raw_directory: 'directory',
};

type Kind = 'number' | 'string' | 'boolean' | 'object' | 'array';

const optionKinds: Readonly<Record<keyof CassandraOptions, Kind>> = {
  nodes: 'number',
  version: 'string',
  heap: 'string',
  jvm: 'array',
  directory: 'string',
  layout: 'array',
  yaml: 'object',
  authentication: 'boolean',
  tls: 'object',
  host: 'string',
  port: 'number',
  storagePort: 'number',
  startTimeout: 'number',
};

const tlsKinds: Readonly<Record<keyof TlsFiles, Kind>> = {
  ca: 'string',
  cert: 'string',
  key: 'string',
  requireClient: 'boolean',
};

/** Throws a ConfigurationError if the options cannot be met. Reads the TLS files; starts and writes nothing. */
export function planCluster(options: CassandraOptions): ClusterPlan {
  check(process.platform !== 'win32', 'startCassandra needs Linux or macOS: Cassandra does not run on Windows.');
  checkKinds('', options, optionKinds);
  const {
    nodes = 1,
    version = '5.0.5',
    heap = '512m',
    jvm = [],
    layout,
    yaml = {},
    authentication = false,
    host = '127.0.0.1',
    port = 9042,
    storagePort = 7000,
    startTimeout = 120_000,
  } = options;

  const [, firstPart, lastPart] = /^(127\.\d{1,3}\.\d{1,3}\.)(\d{1,3})$/.exec(host) ?? [];
  check(firstPart !== undefined, `host must be an IPv4 loopback address such as '127.0.0.1', not '${host}'.`);
  const last = Number(lastPart);
  check(Number.isInteger(nodes) && nodes >= 1, `nodes must be a whole number of at least 1, not ${nodes}.`);
  check(last >= 1 && last + nodes <= 255, `There are no ${nodes} addresses from ${host} up to ${firstPart}254.`);
  check(
    /^(4\.1|[5-9]\.\d+)(\.\d+)?(-[\w.]+)?$/.test(version),
    `version must be one of Apache Cassandra from 4.1 on, such as '5.0.5', not '${version}'.`,
  );
  check(/^[1-9]\d*[kmg]$/i.test(heap), `heap must be a size as Java writes it, such as '512m' or '2g', not '${heap}'.`);
  for (const argument of jvm) {
    // Anything else would be taken for the class to run.
    check(/^-./.test(argument), `jvm must be arguments of Java, which start with '-'; '${argument}' does not.`);
  }
  checkPort('port', port);
  checkPort('storagePort', storagePort);
  check(port !== storagePort, `port and storagePort must differ; both are ${port}.`);
  check(startTimeout > 0, `startTimeout must be a number of milliseconds above 0, not ${startTimeout}.`);
  check(
    layout === undefined || layout.length === nodes,
    `layout must name the data center and rack of each of the ${nodes} nodes; it has ${layout?.length} entries.`,
  );
  for (const { datacenter, rack } of layout ?? []) {
    check(
      [datacenter, rack].every((name) => typeof name === 'string' && /^\w[\w.-]*$/.test(name)),
      `layout must name data centers and racks with letters, digits, '_', '-' and '.'; it has '${datacenter}', '${rack}'.`,
    );
  }
  for (const setting of Object.keys(yaml)) {
    const option = Object.hasOwn(settledSettings, setting) ? settledSettings[setting] : undefined;
    check(option === undefined, `yaml cannot change '${setting}': it follows from the option '${option}'.`);
  }

  return {
    nodes: Array.from({ length: nodes }, (_, index) => ({
      name: `node${index + 1}`,
      host: `${firstPart}${last + index}`,
      datacenter: layout?.[index]?.datacenter ?? 'datacenter1',
      rack: layout?.[index]?.rack ?? 'rack1',
    })),
    version,
    heap,
    jvm,
    directory: options.directory === undefined ? undefined : dataDirectory(options.directory, nodes),
    yaml,
    authentication,
    tls: options.tls && tlsPlan(options.tls),
    port,
    storagePort,
    startTimeout,
  };
}

// Nodes of an earlier start that are not started now would be waited for in vain.
function dataDirectory(directory: string, nodes: number): string {
  const path = resolve(directory);
  const kept = existsSync(path) ? readdirSync(path).filter((name) => /^node\d+$/.test(name)).length : 0;
  check(
    kept === 0 || kept === nodes,
    `'${directory}' holds a cluster of ${kept} nodes: start it with nodes: ${kept}, or choose another directory.`,
  );
  return path;
}

function tlsPlan(files: TlsFiles): TlsPlan {
  checkKinds('tls.', files, tlsKinds);
  const { ca, cert, key, requireClient = false } = files;
  const read = (option: string, path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch (cause) {
      throw new ConfigurationError(`tls.${option} must be a PEM file; '${path}' cannot be read.`, { cause });
    }
  };
  const withHeader = (option: string, path: string): string => {
    const text = read(option, path);
    check(
      text.includes('-----BEGIN CERTIFICATE-----'),
      `tls.${option} must be certificates in PEM; '${path}' has none.`,
    );
    return text;
  };
  return {
    ca: withHeader('ca', ca),
    cert: withHeader('cert', cert),
    key: privateKey(read('key', key), key),
    requireClient,
  };
}

function privateKey(pem: string, path: string): string {
  try {
    return createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch (cause) {
    throw new ConfigurationError(`tls.key must be a private key in PEM, not encrypted; '${path}' is not.`, { cause });
  }
}

function checkKinds(prefix: string, options: object, kinds: Readonly<Record<string, Kind>>): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    check(
      kind !== undefined,
      `startCassandra has no option '${prefix}${name}'. There are ${Object.keys(kinds)
        .map((known) => prefix + known)
        .join(', ')}.`,
    );
    const actual = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
    check(actual === kind || value === undefined, `${prefix}${name} must be of type ${kind}, not ${actual}.`);
  }
}

function checkPort(option: string, port: number): void {
  check(
    Number.isInteger(port) && port >= 1 && port <= 65_535,
    `${option} must be a whole number from 1 to 65535, not ${port}.`,
  );
}

function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConfigurationError(message);
}
