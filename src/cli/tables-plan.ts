import { forkJoin, map, type Observable, switchMap } from 'rxjs';
import { parseTable, tableShape } from '../etl/table-shape.js';
import type { Session } from '../session/session.js';
import { tableOf, targetTableOf } from './options/table.js';
import { plannedRanges } from './planned-ranges.js';
import type { Plan } from './report/plan.js';
import type { Task } from './task.js';
import { withBothSessions } from './with-session.js';

/** What would be read of one table, and looked up in, or written to, another. */
export function tablesPlan(task: Task): Observable<Plan> {
  const [source, target] = [tableOf(task.options), targetTableOf(task.options)];
  return withBothSessions(task, (from, to) =>
    forkJoin([columnsOf(from, source), columnsOf(to, target)]).pipe(
      switchMap(([columns, theirs]) =>
        plannedRanges(task, from, source).pipe(
          map((ranges): Plan => {
            const items = { source, target, mapping: columns.map(({ name, type }) => mapping(name, type, theirs)) };
            return { items, ranges };
          }),
        ),
      ),
    ),
  );
}

interface NamedType {
  readonly name: string;
  readonly type: string;
}

function columnsOf(session: Session, table: string): Observable<readonly NamedType[]> {
  const name = parseTable(table, session.keyspace);
  return tableShape(session, name.keyspace, name.table).pipe(map(({ columns }) => columns));
}

function mapping(name: string, type: string, theirs: readonly NamedType[]): string {
  const other = theirs.find((column) => column.name === name);
  return `${name} ${type} -> ${other === undefined ? 'no such column' : `${other.name} ${other.type}`}`;
}
