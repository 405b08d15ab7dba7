import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../../errors.js';
import { CONSISTENCIES } from '../../codec/consistency.js';
import type { CloudSessionOptions, SessionOptions } from '../../session/session-options.js';
import type { TlsOptions } from '../../session/tls-options.js';
import type { CliOption } from './cli-option.js';
import type { Options } from './options.js';

/** Which cluster: that of the command, or the one that it writes to. */
export type Side = '' | 'to-';

/** Where the cluster is, and who asks. For the target of a copy the same, behind `--to-`. */
export function connectionOptions(side: Side): CliOption[] {
  const flags = (short: string, name: string): string => (side === '' ? `${short}--${name}` : `--to-${name}`);
  const group = side === '' ? 'Connection:' : 'Connection to the target (default: the same cluster):';
  return [
    { flags: flags('-h, ', 'host <hosts>'), description: 'nodes to begin with: host[:port],… (127.0.0.1)' },
    { flags: flags('', 'port <port>'), description: 'the port of hosts that name none (9042)' },
    { flags: flags('', 'local-dc <name>'), description: 'the data center whose nodes are used' },
    { flags: flags('-u, ', 'username <name>'), description: 'who asks' },
    { flags: flags('-p, ', 'password <password>'), description: 'can be seen by others: better is --password-file, or the environment', isSecret: true },
    { flags: flags('', 'password-file <file>'), description: 'the file with the password; "-" is the standard input', isPath: true },
    { flags: flags('-b, ', 'bundle <file>'), description: 'the secure connect bundle of a cloud database', isPath: true },
    { flags: flags('', 'tls'), description: 'encrypt, and trust the authorities that Node.js knows' },
    { flags: flags('', 'ca <file>'), description: 'encrypt, and trust this authority (PEM)', isPath: true },
    { flags: flags('', 'cert <file>'), description: 'the certificate of the client (PEM)', isPath: true },
    { flags: flags('', 'key <file>'), description: 'its key (PEM)', isPath: true },
    { flags: flags('', 'key-passphrase <text>'), description: 'the passphrase of the key: from the environment', isSecret: true },
    { flags: flags('', 'tls-name <name>'), description: 'the name that all certificates of nodes have' },
    { flags: flags('', 'insecure-tls'), description: 'encrypt, and trust anybody' },
  ].map((option) => ({ ...option, group })); // prettier-ignore
}

/** How it is asked, in both clusters. */
export const REQUEST_OPTIONS: readonly CliOption[] = [
  { flags: '--consistency <level>', description: 'the consistency level (LOCAL_QUORUM)' },
  { flags: '--timeout <ms>', description: 'of one request, in milliseconds (12000)' },
].map((option) => ({ ...option, group: 'Requests:' }));

/** What a session is made with. @throws ConfigurationError */
export function sessionOptions(options: Options, side: Side): SessionOptions | CloudSessionOptions {
  const consistency = options.oneOf('consistency', CONSISTENCIES);
  const timeout = options.whole('timeout', 1, 0x7fffffff);
  const localDataCenter = options.text(`${side}local-dc`);
  const auth = credentials(options, side);
  const common = {
    applicationName: 'rxcql',
    schemaMetadata: false,
    ...(consistency && { consistency }),
    ...(timeout !== undefined && { timeout }),
    ...(localDataCenter !== undefined && { localDataCenter }),
    ...(auth && { auth }),
  };
  const bundle = options.text(`${side}bundle`);
  const tls = tlsOptions(options, side);
  if (bundle !== undefined) {
    const other = ['host', 'port', 'tls', 'ca', 'cert', 'key', 'tls-name', 'insecure-tls'].find(
      (name) => options.text(side + name) !== undefined,
    );
    if (other === undefined) return { ...common, secureConnectBundle: bundle };
    throw new ConfigurationError(
      `--${side}${other} and --${side}bundle do not go together: the bundle says where the nodes are.`,
    );
  }
  const port = options.whole(`${side}port`, 1, 65_535);
  return {
    ...common,
    contactPoints: options.list(`${side}host`) ?? ['127.0.0.1'],
    ...(port !== undefined && { port }),
    ...(tls && { tls }),
  };
}

/** Whether there is a cluster of its own on this side. */
export function isElsewhere(options: Options): boolean {
  return options.text('to-host') !== undefined || options.text('to-bundle') !== undefined;
}

function credentials(options: Options, side: Side): { username: string; password: string } | undefined {
  const username = options.text(`${side}username`);
  const password = options.text(`${side}password`);
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined) throw new ConfigurationError(`There is a password and no --${side}username.`);
  if (password !== undefined) return { username, password };
  const variable = `RXCQL_${side.toUpperCase().replace('-', '_')}PASSWORD`;
  throw new ConfigurationError(`${username} has no password: give it by ${variable}, or by --${side}password-file.`);
}

function tlsOptions(options: Options, side: Side): TlsOptions | true | undefined {
  const file = (name: string): Buffer | undefined => {
    const path = options.text(side + name);
    return path === undefined ? undefined : readFileSync(path);
  };
  const ca = file('ca');
  const cert = file('cert');
  const key = file('key');
  const passphrase = options.text(`${side}key-passphrase`);
  const name = options.text(`${side}tls-name`);
  const isInsecure = options.flag(`${side}insecure-tls`) === true;
  const tls: TlsOptions = {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(passphrase !== undefined && { passphrase }),
    ...(name !== undefined && { identity: () => name }),
    ...(isInsecure && { dangerouslyDisableVerification: true }),
  };
  if (Object.keys(tls).length > 0) return tls;
  return options.flag(`${side}tls`) === true ? true : undefined;
}
