// eslint-disable-next-line no-restricted-imports -- what users say is what Node's TLS takes
import type { ConnectionOptions } from 'node:tls';
import { catchError, map, type Observable, type ObservableInput, of, throwError } from 'rxjs';
import { anything, callable, type Check, type Checks, checkOptions, flag, oneOf, text } from '../check.js';
import type { Node } from '../cluster/node.js';
import { ConfigurationError, CqlError } from '../errors.js';
import { given } from '../wire/given.js';
import { Tls } from '../wire/tls.js';
import { userFailure } from '../wire/user-failure.js';

/**
 * How connections are encrypted: what `tls.connect()` of Node.js takes, as far as it is not the driver that settles it, and the two
 * below. The certificate of a server is verified always: its chain, its dates and its name, in TLS 1.2 or 1.3.
 *
 * @example
 * ```ts
 * const tls: TlsOptions = {
 *   ca: readFileSync('ca.pem'),
 *   cert: readFileSync('client.pem'), // if the servers ask for one
 *   key: readFileSync('client-key.pem'),
 *   identity: (node) => names.get(node.address)!, // if certificates name hosts, and not addresses
 * };
 * ```
 */
export interface TlsOptions extends ConnectionOptions {
  /**
   * Take any certificate, from anybody who answers. Who can come between sees and changes everything, passwords included. Default
   * false; true warns.
   */
  dangerouslyDisableVerification?: boolean;
  /**
   * The name that the certificate of a node has to have. Default: what the contact point was called under which the node was found,
   * and the IP address for nodes that were learned from it.
   */
  identity?: (node: Node) => string;
}

/** What a session may be told of TLS. */
export type TlsOption = true | TlsOptions | TlsProvider;

/** Asked at each new connection. Nothing is read again for as long as it gives the same object. */
export type TlsProvider = () => TlsOptions | ObservableInput<TlsOptions>;

/** What the driver settles, or what would make connections less safe than they look; and what to do instead. */
const SETTLED: Readonly<Record<string, string>> = {
  host: 'It is that of the contact points and nodes.',
  port: 'It is that of the contact points and nodes.',
  path: 'Nodes are reached by TCP.',
  socket: 'The driver makes its sockets itself.',
  lookup: 'Names are resolved by Node.',
  timeout: 'It is "connectTimeout" of the session.',
  pskCallback: 'Nodes are known by their certificates.',
  session: 'Sessions are remembered, and resumed, by the driver.',
  secureProtocol: 'It is "minVersion" here, TLSv1.2 or TLSv1.3.',
};

const settled: Check = (_, name) => {
  throw new ConfigurationError(`The option "tls" cannot have ${JSON.stringify(name)}. ${SETTLED[name]!}`);
};

const verified: Check = (value) => {
  if (value === true) return;
  throw new ConfigurationError(
    'The option "tls" cannot have "rejectUnauthorized: false". To take any certificate, set "dangerouslyDisableVerification".',
  );
};

const version = oneOf('TLSv1.2', 'TLSv1.3');

/** What is no PEM among authorities, a path for example, Node passes over without a word. */
const authorities: Check = (value) => {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const one of all) {
    if ((typeof one !== 'string' && !(one instanceof Uint8Array)) || Buffer.from(one).includes('-----BEGIN')) continue;
    throw new ConfigurationError(
      'The "ca" of the option "tls" is no certificate in PEM: give what is in the file, and not its path.',
    );
  }
};

const CHECKS: Checks<TlsOptions> = {
  dangerouslyDisableVerification: flag,
  identity: callable,
  host: settled,
  port: settled,
  path: settled,
  socket: settled,
  lookup: settled,
  timeout: settled,
  session: settled,
  secureProtocol: settled,
  rejectUnauthorized: verified,
  minVersion: version,
  maxVersion: version,
  checkServerIdentity: callable,
  pskCallback: settled,
  servername: text,
  ca: authorities,
  cert: anything,
  key: anything,
  pfx: anything,
  passphrase: anything,
  secureContext: anything,
  crl: anything,
  ciphers: anything,
  sigalgs: anything,
  ecdhCurve: anything,
  dhparam: anything,
  minDHSize: anything,
  secureOptions: anything,
  honorCipherOrder: anything,
  clientCertEngine: anything,
  privateKeyEngine: anything,
  privateKeyIdentifier: anything,
  sessionIdContext: anything,
  sessionTimeout: anything,
  ticketKeys: anything,
  allowPartialTrustChain: anything,
  ALPNProtocols: anything,
  SNICallback: anything,
  ALPNCallback: anything,
  requestCert: anything,
  enableTrace: anything,
};

export const tlsOption: Check = (value) => {
  if (value === false)
    throw new ConfigurationError('The option "tls" is true, or an object of options; leave it out for none.');
  if (value !== true && typeof value !== 'function') checkTlsOptions(value);
};

/** @throws ConfigurationError for what is wrong; what a function gives is looked at when it is asked. */
export function encryptionOf(option: TlsOption): Tls {
  const warn = warnOnce();
  if (typeof option === 'function') {
    const known = new WeakSet<TlsOptions>();
    return new Tls(() => ask(option).pipe(map((options) => checked(options, known, warn))));
  }
  // Not what becomes of the object later, which nobody has looked at.
  const options: TlsOptions = option === true ? {} : { ...option };
  if (options.dangerouslyDisableVerification === true) warn();
  const tls: Tls = new Tls(() => of(options));
  // What cannot be read is said at once.
  tls.context(options);
  return tls;
}

function ask(provider: TlsProvider): Observable<unknown> {
  return given(provider).pipe(
    catchError((cause: unknown) => {
      if (cause instanceof CqlError) return throwError(() => cause);
      const message = 'What TLS takes could not be had: the option "tls" failed. The error\'s "cause" has the reason.';
      return throwError(() => userFailure(new ConfigurationError(message), cause));
    }),
  );
}

/** What a function has given, looked at once. */
function checked(options: unknown, known: WeakSet<TlsOptions>, warn: () => void): TlsOptions {
  if (known.has(options as TlsOptions)) return options as TlsOptions;
  checkTlsOptions(options);
  known.add(options);
  if (options.dangerouslyDisableVerification === true) warn();
  return options;
}

function checkTlsOptions(value: unknown): asserts value is TlsOptions {
  checkOptions<TlsOptions>(value, CHECKS, 'options of "tls"');
  if (value.cert !== undefined && value.key === undefined && value.privateKeyIdentifier === undefined) {
    throw new ConfigurationError('The option "tls" has a "cert" without its "key", so that no server can be shown it.');
  }
}

function warnOnce(): () => void {
  let hasWarned = false;
  return () => {
    if (hasWarned) return;
    hasWarned = true;
    process.emitWarning(
      'The certificates of servers are not verified: anybody who comes between can read and change everything.',
      { type: 'RxcqlWarning', code: 'RXCQL_TLS_UNVERIFIED' },
    );
  };
}
