import { catchError, type Observable, of, switchMap, throwError } from 'rxjs';
import { Opcode } from '../codec/envelope.js';
import { writeAuthResponse } from '../codec/requests.js';
import type { Response } from '../codec/responses.js';
import { AuthenticationError, ProtocolError, ResponseError } from '../errors.js';
import type { Request } from './driver-request.js';

/** A name and a password that show up in no log: private to this object, and not printed with it. */
export class PlainCredentials {
  readonly required: boolean;
  readonly #username: string;
  readonly #password: string;

  /** @param required Whether a server that asks for no credentials is refused. */
  constructor(username: string, password: string, required: boolean) {
    this.#username = username;
    this.#password = password;
    this.required = required;
  }

  /** The message of the SASL mechanism PLAIN (RFC 4616), without an authorization identity. */
  token(): Uint8Array {
    return Buffer.from(`\0${this.#username}\0${this.#password}`);
  }
}

/** The authenticators that are known to speak PLAIN. A password is sent to no other: its name is the server's own word. */
const PLAIN_AUTHENTICATORS: ReadonlySet<string> = new Set([
  'org.apache.cassandra.auth.PasswordAuthenticator',
  'org.apache.cassandra.auth.MutualTlsWithPasswordFallbackAuthenticator',
  'com.scylladb.auth.SaslauthdAuthenticator',
  'com.scylladb.auth.TransitionalAuthenticator',
]);

/** Answers AUTHENTICATE. Emits once, when the server has accepted; errors with an `AuthenticationError` if it does not. */
export function authenticate(
  ask: (request: Request) => Observable<Response>,
  host: string,
  authenticator: string,
  credentials: PlainCredentials | undefined,
): Observable<undefined> {
  const failed = (message: string, cause?: unknown): Observable<never> =>
    throwError(() => new AuthenticationError(message, { cause }));
  if (credentials === undefined) return failed(`${host} asks for credentials and none were given: set \`auth\`.`);
  if (!PLAIN_AUTHENTICATORS.has(authenticator)) {
    return failed(`${host} uses the authenticator ${JSON.stringify(authenticator)}, to which no password is sent.`);
  }
  const request: Request = {
    opcode: Opcode.AUTH_RESPONSE,
    write: (writer) => writeAuthResponse(writer, credentials.token()),
  };
  return ask(request).pipe(
    switchMap((response) =>
      response.kind === 'authSuccess'
        ? of(undefined)
        : throwError(() => new ProtocolError(`${host} answered PLAIN credentials with ${response.kind}.`)),
    ),
    catchError((error: unknown) =>
      error instanceof ResponseError && error.kind === 'BadCredentials'
        ? failed(`${host} refused the credentials: ${error.message}`, error)
        : throwError(() => error),
    ),
  );
}

/** A server that does not ask who we are may not be the one that was meant. */
export function refuseMissingChallenge(host: string, credentials: PlainCredentials | undefined): Observable<undefined> {
  if (credentials === undefined) return of(undefined);
  const message = `${host} did not ask for the credentials that were given.`;
  if (credentials.required) return throwError(() => new AuthenticationError(message));
  process.emitWarning(message, { type: 'RxcqlWarning', code: 'RXCQL_NO_AUTHENTICATION' });
  return of(undefined);
}
