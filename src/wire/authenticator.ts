import type { ObservableInput } from 'rxjs';

/** A user of the cluster, who says a name and a password: SASL PLAIN (RFC 4616). */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Refuse a server that asks for no credentials; default false, which warns. */
  readonly required?: boolean;
  /** Refuse to send the password to another machine without TLS; default false, which warns. */
  readonly requireTls?: boolean;
  /**
   * Java classes of server authenticators that take a name and a password, besides those that are known to. A password is sent to no
   * other.
   */
  readonly classes?: readonly string[];
}

/**
 * A SASL mechanism: what a connection says when a server asks who it is. What a method returns may be an Observable or a promise, of
 * which the first value counts; all of it has to be there within `handshakeTimeout`. What it throws ends the connection with an
 * `AuthenticationError`, whose `cause` it is.
 *
 * One object serves all connections, which may authenticate at the same time. A mechanism that has to remember something between
 * its rounds is made for each connection: `auth: () => new Scram(…)`.
 *
 * @example
 * ```ts
 * const token: Authenticator = {
 *   classes: ['com.example.auth.TokenAuthenticator'],
 *   required: true,
 *   initialResponse: () => readToken().pipe(map((text) => Buffer.from(text))),
 * };
 * ```
 */
export interface Authenticator {
  /** The Java classes of the server authenticators that it may answer; it is asked nothing for others. Default: any. */
  readonly classes?: readonly string[];
  /** Refuse a server that does not ask; default false, which warns. */
  readonly required?: boolean;
  /**
   * Set where those who listen learn a secret: true refuses to answer another machine without TLS, false warns. Default: neither.
   */
  readonly requireTls?: boolean;
  /**
   * What answers AUTHENTICATE.
   *
   * @param authenticatorClass What the server says that it is.
   * @param node The node, as `host:port`.
   */
  initialResponse(authenticatorClass: string, node: string): ObservableInput<Uint8Array | null>;
  /**
   * What answers AUTH_CHALLENGE. A mechanism that has no such method has one round.
   *
   * @param round 1, then 2, up to 10.
   */
  challenge?(token: Uint8Array | null, round: number): ObservableInput<Uint8Array | null>;
  /** The server has accepted; what it throws refuses the server. */
  success?(token: Uint8Array | null): void;
}
