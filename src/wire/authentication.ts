import { catchError, map, type Observable, of, switchMap, tap, throwError } from 'rxjs';
import { Opcode } from '../codec/envelope.js';
import { quoted } from '../codec/printable.js';
import { writeAuthResponse } from '../codec/requests.js';
import type { Response } from '../codec/responses.js';
import { AuthenticationError, CqlError, ProtocolError, ResponseError } from '../errors.js';
import type { Authenticator } from './authenticator.js';
import type { Request } from './driver-request.js';
import { given } from './given.js';
import { hideCause } from './hide-cause.js';
import type { Login } from './login.js';
import { isLoopback } from './loopback.js';
import { PlainText } from './plain-text.js';

/** A server is to come to an end: so many challenges are answered. */
const MAX_ROUNDS = 10;

/** The largest challenge that is handed on, in bytes. */
const MAX_TOKEN_LENGTH = 64 * 1024;

/** The connection that says who it is. */
export interface Asked {
  /** The node, as `host:port`. */
  readonly host: string;
  /** Where what is sent arrives. */
  readonly address: string;
  readonly isEncrypted: boolean;
  /** Asks the server something. */
  readonly ask: (request: Request) => Observable<Response>;
  /** Set while it is not the server that is waited for, but the user. */
  readonly progress: Progress;
}

/** What a handshake waits for. */
export interface Progress {
  isUserAsked: boolean;
}

/**
 * Answers AUTHENTICATE. Emits once, when the server has accepted; errors with an `AuthenticationError` if it does not, or if nothing
 * may be said to it.
 *
 * ```
 * AUTHENTICATE <class>      AUTH_RESPONSE <token>      AUTH_CHALLENGE <token>      AUTH_RESPONSE <token>      AUTH_SUCCESS <token>
 * ```
 *
 * Native protocol v5, section 4.1.2.
 */
export function authenticate(
  asked: Asked,
  authenticatorClass: string,
  login: Login | undefined,
): Observable<undefined> {
  const { host } = asked;
  if (login === undefined) {
    // There it is the certificate that says who we are.
    if (authenticatorClass === MUTUAL_TLS) return exchange(asked, authenticatorClass, NOTHING_TO_SAY);
    return failed(`${host} asks for credentials and none were given: set \`auth\`.`);
  }
  return mechanismOf(asked, login).pipe(
    switchMap((mechanism) => {
      if (mechanism.classes?.includes(authenticatorClass) === false) {
        return failed(
          `${host} uses the authenticator ${quoted(authenticatorClass)}, to which nothing is sent: if it is to be trusted, name it in ` +
            'the `classes` of `auth`.',
        );
      }
      const refusal = refuseExposure(asked, mechanism, login);
      return refusal ?? exchange(asked, authenticatorClass, mechanism);
    }),
  );
}

const MUTUAL_TLS = 'org.apache.cassandra.auth.MutualTlsAuthenticator';
const NOTHING_TO_SAY: Authenticator = { initialResponse: () => [new Uint8Array(0)] };

/** A server that does not ask who we are may not be the one that was meant. */
export function refuseMissingChallenge(asked: Asked, login: Login | undefined): Observable<undefined> {
  if (login === undefined) return of(undefined);
  const message = `${asked.host} did not ask for the credentials that were given.`;
  return mechanismOf(asked, login).pipe(
    map(({ required }) => {
      if (required === true) throw new AuthenticationError(message);
      login.warn(message, 'RXCQL_NO_AUTHENTICATION');
      return undefined;
    }),
  );
}

/** The same for what others could read on its way. */
function refuseExposure(asked: Asked, { requireTls }: Authenticator, login: Login): Observable<never> | undefined {
  const { host, address, isEncrypted } = asked;
  if (requireTls === undefined || isEncrypted || isLoopback(address)) return undefined;
  if (requireTls) return failed(`Nothing is said to ${host}, which is another machine, without TLS: set \`tls\`.`);
  login.warn(
    `The password is sent to ${host} as it is, so that others can read it on its way: set \`tls\`.`,
    'RXCQL_PLAIN_TEXT_PASSWORD',
  );
  return undefined;
}

/** All rounds, from the first token to AUTH_SUCCESS. */
function exchange(asked: Asked, authenticatorClass: string, mechanism: Authenticator): Observable<undefined> {
  const { host, ask } = asked;
  const say = (give: () => unknown): Observable<Response> =>
    tokenOf(asked, give).pipe(
      switchMap((token) =>
        ask({ opcode: Opcode.AUTH_RESPONSE, write: (writer) => writeAuthResponse(writer, token) }).pipe(
          catchError((error: unknown) => throwError(() => refusal(host, mechanism, error))),
        ),
      ),
    );
  const goOn = (response: Response, round: number): Observable<undefined> => {
    if (response.kind === 'authSuccess') {
      return ofUser(asked, () => mechanism.success?.(response.token)).pipe(map(() => undefined));
    }
    if (response.kind !== 'authChallenge') {
      return throwError(() => new ProtocolError(`${host} answered AUTH_RESPONSE with ${response.kind}.`));
    }
    const { token } = response;
    if (mechanism.challenge === undefined) return failed(`${host} asks for more than the authenticator can say.`);
    if (round > MAX_ROUNDS) return failed(`${host} has asked more than ${MAX_ROUNDS} times who is there.`);
    if (token !== null && token.length > MAX_TOKEN_LENGTH) {
      return failed(`${host} has sent a challenge of ${token.length} bytes; ${MAX_TOKEN_LENGTH} are the most.`);
    }
    return say(() => mechanism.challenge!(token, round)).pipe(switchMap((next) => goOn(next, round + 1)));
  };
  return say(() => mechanism.initialResponse(authenticatorClass, host)).pipe(
    switchMap((response) => goOn(response, 1)),
  );
}

function mechanismOf(asked: Asked, login: Login): Observable<Authenticator> {
  return ofUser(asked, login.mechanism) as Observable<Authenticator>;
}

function tokenOf(asked: Asked, give: () => unknown): Observable<Uint8Array | null> {
  return ofUser(asked, give).pipe(
    map((token) => {
      if (token === null || token instanceof Uint8Array) return token;
      throw new AuthenticationError(
        'An authenticator must give a Uint8Array or null, or an Observable or a promise of that.',
      );
    }),
  );
}

/** What a function of the user says. What it throws may be anything, and hold anything. */
function ofUser({ host, progress }: Asked, give: () => unknown): Observable<unknown> {
  return given(() => {
    progress.isUserAsked = true;
    return give();
  }).pipe(
    tap(() => (progress.isUserAsked = false)),
    catchError((cause: unknown) => {
      progress.isUserAsked = false;
      if (cause instanceof CqlError) return throwError(() => cause);
      const message = `What to say to ${host} could not be had: the option \`auth\` failed. The error's \`cause\` has the reason.`;
      return throwError(() => hideCause(new AuthenticationError(message), cause));
    }),
  );
}

/** What a server refuses is said as it says it, but without what it was told. */
function refusal(host: string, mechanism: Authenticator, error: unknown): unknown {
  if (!(error instanceof ResponseError)) return error;
  const message = mechanism instanceof PlainText ? mechanism.redact(error.message) : error.message;
  const cause = message === error.message ? error : new ResponseError(error.kind, message);
  return error.kind === 'BadCredentials'
    ? new AuthenticationError(`${host} refused the credentials: ${message}`, { cause })
    : cause;
}

function failed(message: string): Observable<never> {
  return throwError(() => new AuthenticationError(message));
}
