import { lastValueFrom, take, toArray } from 'rxjs';
import { type CqlResponse, error, opcode, voidResult, when } from 'rxcql/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { systemPages, systemQuery } from '../../src/cluster/system-query.js';
import { startNode, type TestNode, textRows } from '../support/test-node.js';
import { open, type Opened } from '../support/wire.js';

let server: TestNode;
let opened: Opened;

async function serve(...answers: readonly CqlResponse[]): Promise<Opened['connection']> {
  const answering = answers.reduce((rule, answer) => rule.reply(answer).afterwards(), when(opcode('QUERY')));
  server = await startNode([answering.drop()]);
  opened = await open(server.port);
  return opened.connection;
}

async function serveForever(answer: CqlResponse): Promise<Opened['connection']> {
  server = await startNode([when(opcode('QUERY')).reply(answer)]);
  opened = await open(server.port);
  return opened.connection;
}

afterEach(async () => {
  opened.subscription.unsubscribe();
  await server.close();
});

describe('systemPages', () => {
  it('asks for page after page, at ONE, with the values bound', async () => {
    const connection = await serve(
      textRows(['a', 'b'], { pagingState: 'next' }),
      textRows([], { pagingState: 'last' }),
      textRows(['c']),
    );
    const query = systemPages(connection, 'SELECT …', { values: ['ks', 'é'], pageSize: 7 });
    const pages = await lastValueFrom(query.pipe(toArray()));
    expect(pages.map(({ rowCount }) => rowCount)).toEqual([2, 0, 1]);

    const asked = server.requests.filter((request) => request.opcode === 'QUERY');
    const values = ['ks', 'é'].map((value) => Buffer.from(value));
    const same = { cql: 'SELECT …', consistency: 'ONE', values, pageSize: 7 };
    expect(asked).toMatchObject([same, same, same]);
    expect(asked.map(({ pagingState }) => pagingState?.toString())).toEqual([undefined, 'next', 'last']);
  });

  it('asks for no page that nobody waits for', async () => {
    const connection = await serve(textRows(['a'], { pagingState: 'next' }));
    await lastValueFrom(systemPages(connection, 'SELECT …').pipe(take(1)));
    expect(server.queries).toHaveLength(1);
  });

  it('errors with what the server says', async () => {
    const connection = await serve(error('Invalid', { message: 'no such table' }));
    await expect(lastValueFrom(systemPages(connection, 'SELECT …'))).rejects.toMatchObject({ kind: 'Invalid' });
  });

  it('errors if the pages do not come to an end, with rows or without', async () => {
    for (const page of [['x'.repeat(100_000)], []]) {
      const connection = await serveForever(textRows(page, { pagingState: 'more' }));
      const asked = lastValueFrom(systemPages(connection, 'SELECT …', { maxLength: 1_000_000 }));
      await expect(asked).rejects.toMatchObject({
        code: 'ERR_RXCQL_PROTOCOL',
        message: expect.stringContaining('does not come to an end of what it says of the cluster.') as string,
      });
      expect(server.queries.length).toBeLessThan(100);
      if (page.length === 0) continue;
      opened.subscription.unsubscribe();
      await server.close();
    }
  });

  it('errors if there are no rows', async () => {
    const connection = await serve(voidResult());
    await expect(lastValueFrom(systemPages(connection, 'SELECT …'))).rejects.toThrow(
      'answered a SELECT with something other than rows.',
    );
  });
});

describe('systemQuery', () => {
  it('emits the rows of all pages at once', async () => {
    const connection = await serve(textRows(['a', 'b'], { pagingState: 'next' }), textRows(['c']));
    const [all] = await lastValueFrom(systemQuery(connection, 'SELECT …').pipe(toArray()));
    expect(all!.map((row) => Object.values(row))).toEqual([['a'], ['b'], ['c']]);
  });

  it('emits no rows where there are none', async () => {
    const connection = await serve(textRows([]));
    expect(await lastValueFrom(systemQuery(connection, 'SELECT …'))).toEqual([]);
  });
});
