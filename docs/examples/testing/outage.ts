import { catchError, map, mergeMap, type Observable, of } from 'rxjs';
import type { Session } from 'rxcql';
import { cql, fakeServer, marbles, renderAscii, rows, sessionOf, when } from 'rxcql/testing';

/** The name of a user, or 'somebody' if nobody can say. */
function nameOf(session: Session, id: number): Observable<string> {
  return session.execute<{ name: string }>('SELECT name FROM users WHERE id = ?', [id]).pipe(
    map((page) => page.first()?.name ?? 'somebody'),
    catchError(() => of('somebody')),
  );
}

const { lanes } = marbles(({ hot, expectObservable }) => {
  const found = rows({ name: 'text' }, [['Ada']], { parameters: { id: 'int' } });
  const nodes = [{ host: '10.0.0.1' }, { host: '10.0.0.2' }];
  const server = fakeServer(
    [
      when(cql(/^SELECT name/))
        .delay(3)
        .reply(found),
    ],
    { nodes },
  );
  const session = sessionOf(server);

  const asked = hot('  -q--------q----q', { q: 'question' });
  const outages = hot('---------1----2-', { 1: '10.0.0.1', 2: '10.0.0.2' });
  const names = asked.pipe(mergeMap(() => nameOf(session, 1)));

  outages.subscribe((host) => server.stop(host));
  expectObservable(names).toBe('-------a-----a-s', { a: 'Ada', s: 'somebody' });
});
console.log(renderAscii({ lanes }));
