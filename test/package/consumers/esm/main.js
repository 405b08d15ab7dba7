// A program of a user, in JavaScript, with the oldest RxJS that rxcql takes. No server is needed.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import * as rxcql from 'rxcql';
import { cql, CqlError, connect, createSession, ident, mergeRows, NoHostAvailableError, Page, pages } from 'rxcql';
import * as etl from 'rxcql/etl';
import * as testing from 'rxcql/testing';
import { startCassandra } from 'rxcql/testing';
import { concatMap, firstValueFrom, lastValueFrom, Observable, of, take, toArray } from 'rxjs';

// Every export is there.
for (const [entry, exports] of Object.entries({ rxcql, etl, testing })) {
  const names = Object.keys(exports);
  assert.ok(names.length > 0, `${entry} exports nothing`);
  for (const name of names) assert.notEqual(exports[name], undefined, `${entry} exports ${name} as undefined`);
}
assert.equal(createRequire(import.meta.url)('rxcql/package.json').name, 'rxcql');
await assert.rejects(import('rxcql/dist/index.js'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
// What needs a package that was not installed says which.
await assert.rejects(import('rxcql/etl/bullmq'), { code: 'ERR_MODULE_NOT_FOUND', message: /'bullmq'/ });

// Pages of a source of one's own, worked on row by row across their borders; the Observable is the program's own.
const fetched = [];
const numbers = pages((state = 0) => {
  fetched.push(state);
  const rows = [1, 2, 3].map((row) => state * 3 + row);
  return of({ rows, pagingState: state < 2 ? state + 1 : undefined });
});
assert.ok(numbers instanceof Observable);
assert.ok((await firstValueFrom(numbers)) instanceof Page);
assert.deepEqual(fetched, [0]);
const doubled = numbers.pipe(
  mergeRows((row) => of(row * 2), 2, { ordered: true }),
  toArray(),
);
assert.deepEqual(await lastValueFrom(doubled), [2, 4, 6, 8, 10, 12, 14, 16, 18]);
assert.deepEqual(fetched, [0, 0, 1, 2]);
const rows = numbers.pipe(concatMap((page) => page));
assert.equal(await lastValueFrom(rows.pipe(take(5))), 5);

// Statements.
const statement = cql`SELECT * FROM ${ident('Users')} WHERE name = ${"O'Hara"}`;
assert.equal(statement.cql, 'SELECT * FROM "Users" WHERE name = ?');
assert.deepEqual(statement.params, ["O'Hara"]);

// Nobody there: the error names the node, and all is released, or this program would not end.
const port = await new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const node = `127.0.0.1:${port}`;
const isNobodyThere = (error) => {
  assert.ok(error instanceof NoHostAvailableError && error instanceof CqlError && error instanceof Error);
  assert.equal(error.code, 'ERR_RXCQL_NO_HOST_AVAILABLE');
  assert.deepEqual([...error.errors.keys()], [node]);
  assert.match(error.message, /ECONNREFUSED/);
  return true;
};
await assert.rejects(firstValueFrom(connect({ contactPoints: [node] })), isNobodyThere);
const session = createSession({ contactPoints: [node] });
await assert.rejects(firstValueFrom(session.execute(statement)), isNobodyThere);
await lastValueFrom(session.close());
assert.throws(() => createSession({ contactPoints: [] }), rxcql.ConfigurationError);

// The kit for tests throws the same errors.
await assert.rejects(lastValueFrom(startCassandra({ nodes: 0 })), rxcql.ConfigurationError);

console.log('The ESM consumer is content.');
