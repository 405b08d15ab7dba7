/** The command lines of a node and of its nodetool. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClusterPlan } from './cluster-plan.js';

export interface JavaSetup {
  /** The command of Java. */
  readonly java: string;
  /** The folder of Cassandra's jars. */
  readonly jars: string;
  /** The folder of the node. */
  readonly folder: string;
  /** The port of 127.0.0.1 on which the node takes nodetool's commands. */
  readonly jmxPort: number;
}

export function daemonArguments(
  { jars, folder, jmxPort }: JavaSetup,
  { heap, jvm }: Pick<ClusterPlan, 'heap' | 'jvm'>,
): readonly string[] {
  const conf = (name: string): string => pathToFileURL(join(folder, 'conf', name)).href;
  return [
    `-Xmx${heap}`,
    '-XX:+ExitOnOutOfMemoryError',
    ...common(folder),
    `-Djava.io.tmpdir=${join(folder, 'tmp')}`,
    `-Dcassandra.config=${conf('cassandra.yaml')}`,
    `-Dcassandra-rackdc.properties=${conf('cassandra-rackdc.properties')}`,
    `-Dcassandra.jmx.local.port=${jmxPort}`,
    // The waiting that makes sense among nodes far from each other.
    '-Dcassandra.ring_delay_ms=1000',
    '-Dcassandra.skip_wait_for_gossip_to_settle=0',
    '-Dcassandra.superuser_setup_delay_ms=0',
    '-Dcassandra.shutdown_announce_in_ms=100',
    // Otherwise it closes its standard output, where we read its log.
    '-Dcassandra-foreground=true',
    '-Djdk.attach.allowAttachSelf=true',
    ...jvm,
    '-cp',
    join(jars, '*'),
    'org.apache.cassandra.service.CassandraDaemon',
  ];
}

export function nodetoolArguments(
  { jars, folder, jmxPort }: JavaSetup,
  parameters: readonly string[],
): readonly string[] {
  return [
    '-Xmx64m',
    ...common(folder),
    // It keeps a history of its commands at home, which is no business of the user's.
    `-Duser.home=${folder}`,
    '-cp',
    join(jars, '*'),
    'org.apache.cassandra.tools.NodeTool',
    '-h',
    '127.0.0.1',
    '-p',
    String(jmxPort),
    ...parameters,
  ];
}

// What starts fast with few cores and little memory: the simple collector, the first compiler only, and no shared memory
// file for tools that nobody runs.
const common = (folder: string): string[] => [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-Djava.net.preferIPv4Stack=true',
  `-Dcassandra.storagedir=${folder}`,
  `-Dlogback.configurationFile=${join(folder, 'conf', 'logback.xml')}`,
  ...exported.flatMap((name) => ['--add-exports', `${name}=ALL-UNNAMED`]),
  ...opened.flatMap((name) => ['--add-opens', `${name}=ALL-UNNAMED`]),
];

// The insides of Java that Cassandra uses, from its conf/jvm17-server.options.
const exported = [
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
  'jdk.attach/sun.tools.attach',
  'jdk.unsupported/sun.misc',
];
const opened = [
  ...[
    'java.io',
    'java.lang',
    'java.lang.module',
    'java.lang.reflect',
    'java.math',
    'java.net',
    'java.nio',
    'java.util',
    'java.util.concurrent',
    'java.util.concurrent.atomic',
    'jdk.internal.loader',
    'jdk.internal.math',
    'jdk.internal.module',
    'jdk.internal.ref',
    'jdk.internal.reflect',
    'jdk.internal.util.jar',
    'sun.nio.ch',
  ].map((name) => `java.base/${name}`),
  'jdk.management/com.sun.management.internal',
];
