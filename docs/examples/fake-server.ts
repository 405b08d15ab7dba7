// A session and its server in virtual time: `npx tsx docs/examples/fake-server.ts`.
import { map } from 'rxjs';
import { error, fakeServer, marbles, opcode, rows, sessionOf, systemTables, times, when } from 'rxcql/testing';

marbles(({ expectObservable }) => {
  const query = opcode('QUERY').and(systemTables().not());
  const server = fakeServer([
    when(query.and(times(1)))
      .delay(3)
      .reply(error('Overloaded')),
    when(query)
      .delay(20)
      .reply(rows({ name: 'text' }, [['Ada']])),
  ]);
  const names = sessionOf(server)
    .execute<{ name: string }>('SELECT name FROM users', [], { retry: () => 'same' })
    .pipe(map((page) => page.one().name));

  // 3 ms until it is refused, 275 until it is sent again, and 20 for the answer.
  expectObservable(names).toBe('298ms (a|)', { a: 'Ada' });
});
console.log('as expected');
