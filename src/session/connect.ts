import { Observable } from 'rxjs';
import type { Environment } from '../wire/environment.js';
import { SessionContext } from './context.js';
import { CqlSession } from './cql-session.js';
import type { Session } from './session.js';
import { type CloudSessionOptions, type SessionOptions, sessionSettings } from './session-options.js';

/**
 * A session as a resource: connects on subscription, emits one ready session, and stays open until it is left, which closes
 * the session. It never completes. What errors is the connecting: see {@link Session.connect}.
 *
 * Leaving closes: `firstValueFrom(connect(…))` and `take(1)` give a session that is closed already. For one that is kept,
 * there is {@link createSession}.
 *
 * @example
 * ```ts
 * connect({ contactPoints: ['127.0.0.1'] }).pipe(
 *   switchMap((session) => session.query('SELECT * FROM ks.events').pipe(
 *     concatMap((page) => page),
 *     tap((row) => console.log(row)),
 *     count(), // emits when all rows have been read
 *   )),
 *   take(1), // and then the session may be left
 * ).subscribe((rows) => console.log(`${rows} rows`));
 * ```
 */
export function connect(options: SessionOptions | CloudSessionOptions): Observable<Session> {
  return new Observable((subscriber) => {
    const session = open(options);
    subscriber.add(() => session.leave());
    subscriber.add(
      session.connect().subscribe({
        next: (ready) => subscriber.next(ready),
        error: (error: unknown) => subscriber.error(error),
      }),
    );
  });
}

/**
 * A session that lives until `close()`, for programs that keep one. Returns at once; connects with the first request, or
 * with `session.connect()`.
 *
 * @throws ConfigurationError for an option that is unknown, missing or wrong.
 */
export function createSession(options: SessionOptions | CloudSessionOptions): Session {
  return open(options);
}

/** @internal A session elsewhere than on this machine: its nodes, and its time, may be those of a test. */
export function sessionIn(environment: Environment, options: SessionOptions): Session {
  return open(options, environment);
}

function open(options: SessionOptions | CloudSessionOptions, environment?: Environment): CqlSession {
  return new CqlSession(new SessionContext(sessionSettings(options), environment));
}
