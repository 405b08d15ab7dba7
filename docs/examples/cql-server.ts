// A program beside a server that says what it is told: `npx tsx docs/examples/cql-server.ts`.
import { concat, concatMap, retry, switchMap, take, toArray } from 'rxjs';
import { connect } from 'rxcql';
import { cql, cqlServer, error, opcode, rows, times, when } from 'rxcql/testing';

const users = { id: 'int', name: 'text' };
const ofUser = { parameters: { id: 'int' }, partitionKey: ['id'] };

const rules = [
  // The first EXECUTE is refused, whatever its statement.
  when(opcode('EXECUTE').and(times(1))).reply(error('Overloaded')),
  // The answer to QUERY and EXECUTE; to PREPARE, what describes it.
  when(cql('SELECT name FROM users WHERE id = ?')).reply(rows(users, [[1, 'Ada']], ofUser)),
  // Two pages, told apart by what the request says.
  when(cql('SELECT * FROM users').and(({ pagingState }) => pagingState === undefined)).reply(
    rows(users, [{ id: 1, name: 'Ada' }, { id: 2 }], { pagingState: 'page 2' }),
  ),
  // The second page comes after 20 milliseconds.
  when(cql('SELECT * FROM users'))
    .delay(20)
    .reply(rows(users, [{ id: 3, name: 'Edsger' }])),
];

cqlServer(rules)
  .pipe(
    switchMap(({ contactPoint }) => connect({ contactPoints: [contactPoint] })),
    switchMap((session) => {
      const one = session.execute('SELECT name FROM users WHERE id = ?', [1]).pipe(
        retry(1),
        concatMap((page) => page),
      );
      const all = session.query('SELECT * FROM users').pipe(concatMap((page) => page));
      return concat(one, all).pipe(toArray());
    }),
    take(1),
  )
  .subscribe((found) => console.log(JSON.stringify(found)));
