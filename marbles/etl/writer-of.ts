import { type Observable, of } from 'rxjs';
import type { Page, Session } from 'rxcql';
import type { Outcome } from 'rxcql/etl';

/** A session that writes by name: a record says which of these it waits for, one after another if it is written again. */
export function writerOf(writes: Readonly<Record<string, readonly Observable<Page<string>>[]>>): Session {
  const times = new Map<string, number>();
  const execute = (_: unknown, name: string) => {
    const time = times.get(name) ?? 0;
    times.set(name, time + 1);
    return writes[name]![time];
  };
  return { prepare: (cql: string) => of({ cql, parameters: [] }), execute } as unknown as Session;
}

/** What an outcome shows in a picture: the record, and whether it has failed. */
export function toldBy({ kind, record }: Outcome): string {
  return kind === 'failed' ? `${String(record)}!` : String(record);
}
