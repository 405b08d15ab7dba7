import { type Observable, of } from 'rxjs';
import type { Page, Session } from 'rxcql';
import { PreparedStatement } from '../../src/session/prepared.js';

/** What a session was asked to write: one record, or those of a batch. */
export type Written = readonly unknown[];

/** A session that can prepare anything and writes by a function, which is given the records of each request. */
export function writeSession(
  write: (records: Written, options: Readonly<Record<string, unknown>>, isBatch: boolean) => Observable<Page>,
  parameters: readonly (readonly [name: string, type: string])[] = [['id', 'int']],
): Session {
  return {
    prepare: (cql: string) =>
      of(
        Object.assign(Object.create(PreparedStatement.prototype) as object, {
          cql,
          parameters: parameters.map(([name, type]) => ({ name, type })),
          partitionKey: [0],
        }),
      ),
    execute: (_: unknown, record: unknown, options: Readonly<Record<string, unknown>>) =>
      write([record], options, false),
    batch: (items: readonly (readonly [unknown, unknown])[], options: Readonly<Record<string, unknown>>) =>
      write(items.map(([, record]) => record), options, true), // prettier-ignore
  } as unknown as Session;
}
