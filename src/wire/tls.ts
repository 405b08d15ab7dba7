// eslint-disable-next-line no-restricted-imports -- what sockets are made of is encrypted here
import { isIP, type Socket as NetSocket } from 'node:net';
// eslint-disable-next-line no-restricted-imports -- as above
import { checkServerIdentity, connect as connectTls, type ConnectionOptions, createSecureContext } from 'node:tls';
// eslint-disable-next-line no-restricted-imports -- as above
import type { PeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import { map, type Observable } from 'rxjs';
import { hideCause } from '../codec/hidden-cause.js';
import { ConfigurationError, type ConnectionError } from '../errors.js';
import { type Encrypting, type Encryption, type Endpoint, formatEndpoint } from './socket.js';
import { tlsError } from './tls-error.js';

/** What Node's TLS takes, and what of it is ours. */
export interface TlsSettings extends ConnectionOptions {
  readonly dangerouslyDisableVerification?: boolean;
  readonly identity?: (node: never) => string;
}

/** The lowest version that is spoken. */
const MIN_VERSION = 'TLSv1.2';
const VERSIONS: ReadonlySet<string | null> = new Set(['TLSv1.2', 'TLSv1.3']);

/** Servers whose sessions are remembered: those that were met first are forgotten first. */
const MAX_SESSIONS = 1_000;

/**
 * The TLS of a session. Keys and certificates are read once for as long as the same options are given, and so long a server may
 * resume a session that it knows: the name that its certificate has to have is part of what sessions are remembered by, since
 * Node does not look at the certificate again.
 */
export class Tls implements Encryption {
  readonly #settings: () => Observable<TlsSettings>;
  readonly #contexts = new WeakMap<TlsSettings, Context>();

  /** @param settings Asked for each socket. Cold, emits once. */
  constructor(settings: () => Observable<TlsSettings>) {
    this.#settings = settings;
  }

  prepare(endpoint: Endpoint): Observable<Encrypting> {
    return this.#settings().pipe(
      map((settings) => new ClientTls(endpoint, nameToVerify(endpoint, settings), this.context(settings))),
    );
  }

  /** @throws ConfigurationError for keys or certificates that cannot be read. */
  context(settings: TlsSettings): Context {
    const known = this.#contexts.get(settings);
    if (known !== undefined) return known;
    const context: Context = { settings, secure: secureContext(settings), sessions: new Map() };
    this.#contexts.set(settings, context);
    return context;
  }
}

/** Options, with what is made of them once. */
interface Context {
  readonly settings: TlsSettings;
  readonly secure: SecureContext;
  /** By address and name. */
  readonly sessions: Map<string, Buffer>;
}

/** One socket's. */
class ClientTls implements Encrypting {
  private readonly endpoint: Endpoint;
  private readonly name: string;
  private readonly context: Context;
  private readonly sessionKey: string;
  private isAgreed = false;

  constructor(endpoint: Endpoint, name: string, context: Context) {
    this.endpoint = endpoint;
    this.name = name;
    this.context = context;
    this.sessionKey = `${formatEndpoint(endpoint)} ${name}`;
  }

  begin(raw: NetSocket): TLSSocket {
    const { name, endpoint, context, sessionKey } = this;
    const { settings, sessions } = context;
    const serverName = endpoint.proxy === undefined ? name : endpoint.host;
    const session = sessions.get(sessionKey);
    // One that turns out to be of no use is not tried again.
    sessions.delete(sessionKey);
    const options: ConnectionOptions = {
      ...settings,
      socket: raw,
      secureContext: context.secure,
      // An address is no server name (RFC 6066, section 3), but what the certificate is compared with.
      ...(isIP(serverName) === 0 && { servername: serverName }),
      // Said always: an environment variable of Node would turn it off.
      rejectUnauthorized: settings.dangerouslyDisableVerification !== true,
      checkServerIdentity: (_, certificate) => this.checkIdentity(certificate),
      ...(session !== undefined && { session }),
    };
    const socket = this.connect(options);
    socket.once('secureConnect', () => {
      this.isAgreed = VERSIONS.has(socket.getProtocol());
      // The context may be one that the user has made.
      if (!this.isAgreed) socket.destroy(new Error('unsupported protocol'));
    });
    this.rememberSessions(socket, session);
    return socket;
  }

  private connect(options: ConnectionOptions): TLSSocket {
    try {
      return connectTls(options);
    } catch (cause) {
      throw new ConfigurationError(`The option \`tls\` has something that Node does not take${reasonOf(cause)}`);
    }
  }

  explain(cause: Error): ConnectionError | undefined {
    const { name, isAgreed, context } = this;
    const { cert, pfx, secureContext: given } = context.settings;
    const hasCertificate = cert !== undefined || pfx !== undefined || given !== undefined;
    return tlsError(formatEndpoint(this.endpoint), cause, { name, isAgreed, hasCertificate });
  }

  /** What the user wants to check comes on top. */
  private checkIdentity(certificate: PeerCertificate): Error | undefined {
    const { name, context } = this;
    try {
      const objection: unknown =
        checkServerIdentity(name, certificate) ?? context.settings.checkServerIdentity?.(name, certificate);
      if (objection === undefined || objection instanceof Error) return objection;
      return new Error('The function `checkServerIdentity` of `tls` must give an error or undefined, at once');
    } catch (thrown) {
      return thrown instanceof Error ? thrown : new Error('The function `checkServerIdentity` of `tls` has thrown');
    }
  }

  /** A session is remembered once it is known whose it is. A server that resumes one need not give another. */
  private rememberSessions(socket: TLSSocket, used: Buffer | undefined): void {
    let latest: Buffer | undefined;
    const remember = (): void => {
      if (!this.isAgreed || latest === undefined) return;
      const { sessions } = this.context;
      sessions.set(this.sessionKey, latest);
      if (sessions.size > MAX_SESSIONS) sessions.delete(sessions.keys().next().value!);
    };
    socket.on('session', (session) => {
      latest = session;
      remember();
    });
    socket.once('secureConnect', () => {
      if (socket.isSessionReused()) latest ??= used;
      remember();
    });
  }
}

/** A node of the cluster is what the user says that it is; a server that was looked for by a name has that name. A proxy has its own. */
function nameToVerify({ host, name, node, proxy }: Endpoint, { identity, servername }: TlsSettings): string {
  if (proxy !== undefined) return proxy.host;
  if (identity === undefined || node === undefined) return servername ?? name ?? host;
  let given: unknown;
  try {
    given = identity(node as never);
  } catch (cause) {
    throw hideCause(new ConfigurationError('The function `identity` of `tls` has thrown.'), cause);
  }
  if (typeof given === 'string' && given !== '') return given;
  throw new ConfigurationError(
    'The function `identity` of `tls` must give the name that the certificate of a node has.',
  );
}

function secureContext(settings: TlsSettings): SecureContext {
  if (settings.secureContext !== undefined) return settings.secureContext;
  try {
    return createSecureContext({ ...settings, minVersion: settings.minVersion ?? MIN_VERSION });
  } catch (cause) {
    throw new ConfigurationError(`The option \`tls\` has a key or certificate that cannot be read${reasonOf(cause)}`);
  }
}

/** OpenSSL names what it does not understand, but Node quotes what it was given, which may be a secret: of that only the option is told. */
function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code?.startsWith('ERR_OSSL') === true || code?.startsWith('ERR_SSL') === true) {
    const isText = message.includes('no start line');
    return `: ${message}.${isText ? ' It is the content of a file in PEM that is wanted, and not its path.' : ''}`;
  }
  const [, property, argument] = (/options\.(\w+)|"(\w+)" argument/.exec(message) ?? []) as (string | undefined)[];
  const option = property ?? argument;
  return option === undefined ? '.' : `: see \`${option}\`.`;
}
