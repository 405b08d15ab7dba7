import { defer, filter, map, type Observable, repeat, switchMap, take, throwError, timeout, timer } from 'rxjs';
import type { RowObject } from '../codec/row.js';
import { systemQuery } from '../cluster/system-query.js';
import { CqlError } from '../errors.js';
import type { Trace, TraceEvent } from '../operators/trace.js';
import type { SessionContext } from './context.js';

/** How long a trace is waited for, in milliseconds, and how often it is asked for: the second time at once, then less and less. */
const LIMIT = 10_000;
const SHORTEST = 5;
const LONGEST = 250;

/**
 * Reads a trace when it is complete: nodes write it behind their answers, the duration last. Emits once.
 */
export function traceOf(context: SessionContext, id: string): Observable<Trace> {
  const ask = (cql: string): Observable<RowObject[]> => {
    const connection = context.cluster.next();
    // At ONE, whatever the session wants for its own data: traces have two replicas at most.
    return connection === undefined
      ? throwError(() => context.closed ?? context.cluster.unreachable())
      : systemQuery(connection, cql);
  };
  const asked = defer(() => ask(`SELECT coordinator, duration FROM system_traces.sessions WHERE session_id = ${id}`));
  return asked.pipe(
    map(([session]) => session),
    filter((session) => typeof session?.['duration'] === 'number'),
    repeat({ delay: (count) => timer(Math.min(SHORTEST * 2 ** count, LONGEST)) }),
    take(1),
    timeout({ first: LIMIT, with: () => throwError(() => new CqlError('ERR_RXCQL_NO_TRACE', notComplete(id))) }),
    switchMap((session) =>
      ask(`SELECT source, activity, source_elapsed FROM system_traces.events WHERE session_id = ${id}`).pipe(
        map((events) => ({
          id,
          coordinator: session!['coordinator'] as string,
          duration: session!['duration'] as number,
          events: events.map(eventOf),
        })),
      ),
    ),
  );
}

function eventOf({ source, activity, source_elapsed: elapsed }: RowObject): TraceEvent {
  return { source: source as string, activity: activity as string, elapsed: (elapsed ?? 0) as number };
}

function notComplete(id: string): string {
  return `The trace ${id} was not complete within ${LIMIT / 1000} s: it may be in system_traces later.`;
}
