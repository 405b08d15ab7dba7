import type { Observable } from 'rxjs';
import type { Page, Params, QueryOptions, Session, Statement } from 'rxcql';

/** What a fake session was asked to execute. */
export interface Executed {
  readonly statement: Statement;
  readonly params?: readonly unknown[];
  readonly options: QueryOptions | undefined;
}

/** A session that executes by a function; nothing else of it works. */
export function fakeSession(execute: (request: Executed) => Observable<Page<never>>): Session {
  return {
    execute: (statement: Statement, params?: Params, options?: QueryOptions) =>
      execute({ statement, ...(params && { params: params as readonly unknown[] }), options }),
  } as unknown as Session;
}
