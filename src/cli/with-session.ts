import {
  catchError,
  concatMap,
  defer,
  dematerialize,
  EMPTY,
  finalize,
  ignoreElements,
  materialize,
  type Observable,
  of,
  endWith,
} from 'rxjs';
import { isElsewhere, type Side, sessionOptions } from './options/connection.js';
import { keyspaceOf } from './options/table.js';
import type { Session } from '../session/session.js';
import type { Task } from './task.js';

/** Works with the cluster that is read and that which is written to, which may be the same. */
export function withBothSessions<T>(
  task: Task,
  work: (source: Session, target: Session) => Observable<T>,
): Observable<T> {
  return withSession(task, '', (source) => {
    if (!isElsewhere(task.options)) return work(source, source);
    return withSession(task, 'to-', (target) => work(source, target));
  });
}

/** Works with a session that is closed when the work has ended, however it has, and before that is told. */
export function withSession<T>(task: Task, side: Side, work: (session: Session) => Observable<T>): Observable<T> {
  return defer(() => {
    const keyspace = keyspaceOf(task.options, side);
    const given = sessionOptions(task.options, side);
    const session = task.host.createSession({ ...given, ...(keyspace !== undefined && { keyspace }) });
    const closed = session.close().pipe(ignoreElements(), catchError(() => EMPTY)); // prettier-ignore
    return defer(() => work(session)).pipe(
      materialize(),
      concatMap((event) => (event.kind === 'N' ? of(event) : closed.pipe(endWith(event)))),
      dematerialize(),
      finalize(() => closed.subscribe()),
    );
  });
}
