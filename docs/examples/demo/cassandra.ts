import { catchError, defer, map, type Observable, of, tap } from 'rxjs';
import type { SessionOptions } from 'rxcql';
import { PortInUseError, startCassandra } from 'rxcql/testing';
import { seconds, stopwatch } from './text.js';

/** Where to connect to: the cluster that the environment names, or a Cassandra that runs while this is subscribed to. */
export function cassandra(env: NodeJS.ProcessEnv = process.env): Observable<SessionOptions> {
  const contactPoints = env['CASSANDRA_CONTACT_POINTS'];
  return contactPoints ? given(contactPoints, env) : started();
}

function given(contactPoints: string, env: NodeJS.ProcessEnv): Observable<SessionOptions> {
  const { CASSANDRA_PORT, CASSANDRA_USERNAME, CASSANDRA_PASSWORD, CASSANDRA_LOCAL_DC } = env;
  console.log(`Connecting to ${contactPoints} …`);
  return of({
    contactPoints: contactPoints.split(',').map((point) => point.trim()),
    ...(CASSANDRA_PORT && { port: Number(CASSANDRA_PORT) }),
    ...(CASSANDRA_USERNAME && { auth: { username: CASSANDRA_USERNAME, password: CASSANDRA_PASSWORD ?? '' } }),
    ...(CASSANDRA_LOCAL_DC && { localDataCenter: CASSANDRA_LOCAL_DC }),
  });
}

function started(): Observable<SessionOptions> {
  return defer(() => {
    const elapsed = stopwatch();
    console.log(
      'Starting a Cassandra (the first time, Maven fetches it; CASSANDRA_CONTACT_POINTS would name another) …',
    );
    return startCassandra().pipe(
      tap(({ contactPoints }) => console.log(`${contactPoints.join(', ')} is ready after ${seconds(elapsed())}.`)),
      map(({ contactPoints, localDataCenter }) => ({ contactPoints, localDataCenter })),
      catchError((error: Error) => {
        if (!(error instanceof PortInUseError)) throw error;
        const address = `${error.host}:${error.port}`;
        throw new Error(
          `Something listens on ${address} already. If it is a Cassandra in which the demo may make its keyspace, say so:` +
            `\n\n   CASSANDRA_CONTACT_POINTS=${address} npm run demo\n\nOtherwise stop it first.`,
          { cause: error },
        );
      }),
    );
  });
}
