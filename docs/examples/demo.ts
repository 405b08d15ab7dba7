/**
 * `npm run demo`: loads the cities of the world into a Cassandra, reads them back in three ways, and compares.
 *
 * It uses the cluster that CASSANDRA_CONTACT_POINTS names, where it drops and makes the keyspace `rxcql_demo`, or else starts
 * a Cassandra of its own. Each step is a file in `demo/` and an Observable: it prints what it does, and emits its lines of
 * the summary. The exit code is 0 only if what was read equals what was loaded.
 */
import { concat, map, type Observable, startWith, switchAll, switchMap, take, throwError, toArray } from 'rxjs';
import { connect, type Session } from 'rxcql';
import { cassandra } from './demo/cassandra.js';
import { cities } from './demo/cities.js';
import { countries } from './demo/countries.js';
import { Interruption, interruptions } from './demo/interruption.js';
import { load } from './demo/load.js';
import { peek } from './demo/peek.js';
import { slowConsumer } from './demo/slow-consumer.js';
import { type Finding, isAsExpected, printSummary } from './demo/summary.js';
import { createTable } from './demo/table.js';
import { whole } from './demo/text.js';

console.log(`rxcql demo: ${whole(cities.length)} cities of the world to Cassandra and back\n`);

const steps = (session: Session): Observable<Finding> =>
  concat(createTable(session), load(session), countries(session), peek(session), slowConsumer(session));

const demo = cassandra().pipe(
  switchMap((options) =>
    connect({ ...options, applicationName: 'rxcql demo' }).pipe(switchMap((session) => steps(session).pipe(toArray()))),
  ),
);

// Somebody may be interested in the first lines only, as in `npm run demo | head`.
process.stdout.on('error', () => process.exit(141));

// An interruption takes the place of the demo. Whichever way it ends, nothing is left behind: the session closes, and a
// Cassandra that was started here stops.
interruptions
  .pipe(
    map((interruption) => throwError(() => interruption)),
    startWith(demo),
    switchAll(),
    take(1),
  )
  .subscribe({
    next: (findings) => {
      printSummary(findings);
      process.exitCode = findings.every(isAsExpected) ? 0 : 1;
    },
    error: (error: Error) => {
      const isWanted = error instanceof Interruption;
      console.error(isWanted ? `\n${error.message}` : `\nThe demo has failed: ${error.message}`);
      process.exitCode = isWanted ? error.exitCode : 1;
    },
  });
