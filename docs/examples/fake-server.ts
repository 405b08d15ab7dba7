// A server in virtual time: `npx tsx docs/examples/fake-server.ts`.
import { deepStrictEqual } from 'node:assert';
import { map } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { fakeServer, opcode, times, when } from 'rxcql/testing';

// OPTIONS in protocol v4, on stream 1.
const OPTIONS = Buffer.from('040000010500000000', 'hex');

new TestScheduler(deepStrictEqual).run(({ hot, expectObservable }) => {
  const server = fakeServer([
    when(opcode('OPTIONS').and(times(1))).delay(3),
    when(opcode('OPTIONS')).drop().afterwards().disconnect(),
  ]);
  const requests = hot('                                     -a-b-c', { a: OPTIONS, b: OPTIONS, c: OPTIONS });

  expectObservable(
    requests.pipe(
      server,
      map(() => 's'),
    ),
  ).toBe('----s|');
});
console.log('as expected');
