import { catchError, concatMap, EMPTY, finalize, Observable, Subject, tap } from 'rxjs';
import type { SchemaChange } from '../codec/event.js';
import { Schema } from './schema/schema.js';
import type { SchemaReader } from './schema/schema-reader.js';

/** Something to be read, and whoever waits for it. */
interface Task {
  readonly read: (reader: SchemaReader, schema: Schema) => Observable<Schema>;
  readonly done: () => void;
}

/** The schema as it was last read. What is to be read is read one thing after another, over whichever connection there is. */
export class SchemaKeeper {
  /** What is known of the schema. */
  current: Schema = Schema.EMPTY;
  private readonly asked = new Subject<Task>();
  private readonly waiting = new Set<Task>();

  /** Reads what is asked for with `reader`, while it is subscribed to. Emits each schema; never errors or completes. */
  keep(reader: SchemaReader): Observable<Schema> {
    return this.asked.pipe(
      concatMap((task) =>
        task.read(reader, this.current).pipe(
          tap((schema) => (this.current = schema)),
          // What cannot be read now is read by the next connection, or with the next change.
          catchError(() => EMPTY),
          finalize(() => this.finish(task)),
        ),
      ),
      finalize(() => {
        for (const task of this.waiting) this.finish(task);
      }),
    );
  }

  /** Has all of it read. Completes when that is done, or cannot be. */
  readAll(): Observable<never> {
    return this.ask((reader) => reader.read());
  }

  /** Has read again what has changed. Completes when that is done, or cannot be. */
  refresh(changes: readonly SchemaChange[]): Observable<never> {
    return this.ask((reader, schema) => reader.refresh(schema, changes));
  }

  private ask(read: Task['read']): Observable<never> {
    return new Observable((subscriber) => {
      const task: Task = { read, done: () => subscriber.complete() };
      if (!this.asked.observed) {
        subscriber.complete();
        return;
      }
      this.waiting.add(task);
      this.asked.next(task);
    });
  }

  private finish(task: Task): void {
    this.waiting.delete(task);
    task.done();
  }
}
