import { lastValueFrom, take, toArray } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { systemPages, systemQuery } from '../../src/cluster/system-query.js';
import { Opcode } from '../../src/codec/envelope.js';
import { type CqlTestServer, cqlServer, error, type Handler, rows, VOID } from '../support/cql-server.js';
import { open, type Opened } from '../support/wire.js';

let server: CqlTestServer;
let opened: Opened;

async function serve(answers: readonly [opcode: number, body: Buffer][]): Promise<Opened['connection']> {
  let next = 0;
  const handler: Handler = ({ opcode, reply }) => {
    if (opcode !== Opcode.QUERY) return false;
    reply(...answers[next++]!);
    return true;
  };
  server = await cqlServer(handler);
  opened = await open(server.port);
  return opened.connection;
}

afterEach(async () => {
  opened.subscription.unsubscribe();
  await server.close();
});

describe('systemPages', () => {
  it('asks for page after page, at ONE, with the values bound', async () => {
    const connection = await serve([
      [Opcode.RESULT, rows(['a', 'b'], Buffer.from('next'))],
      [Opcode.RESULT, rows([], Buffer.from('last'))],
      [Opcode.RESULT, rows(['c'])],
    ]);
    const query = systemPages(connection, 'SELECT …', { values: ['ks', 'é'], pageSize: 7 });
    const pages = await lastValueFrom(query.pipe(toArray()));
    expect(pages.map(({ rowCount }) => rowCount)).toEqual([2, 0, 1]);

    const asked = server.requests.filter(({ opcode }) => opcode === Opcode.QUERY);
    const read = asked.map(({ body }) => ({
      cql: String(body.bytes()),
      consistency: body.u16(),
      flags: body.i32(),
      values: Array.from({ length: body.u16() }, () => String(body.bytes())),
      pageSize: body.i32(),
    }));
    const same = { cql: 'SELECT …', consistency: 1, values: ['ks', 'é'], pageSize: 7 };
    expect(read).toEqual([
      { ...same, flags: 0x05 },
      { ...same, flags: 0x0d },
      { ...same, flags: 0x0d },
    ]);
    expect(asked.slice(1).map(({ body }) => String(body.bytes()))).toEqual(['next', 'last']);
  });

  it('asks for no page that nobody waits for', async () => {
    const connection = await serve([[Opcode.RESULT, rows(['a'], Buffer.from('next'))]]);
    await lastValueFrom(systemPages(connection, 'SELECT …').pipe(take(1)));
    expect(server.requests.filter(({ opcode }) => opcode === Opcode.QUERY)).toHaveLength(1);
  });

  it('errors with what the server says', async () => {
    const connection = await serve([[Opcode.ERROR, error(0x2200, 'no such table')]]);
    await expect(lastValueFrom(systemPages(connection, 'SELECT …'))).rejects.toMatchObject({ kind: 'Invalid' });
  });

  it('errors if there are no rows', async () => {
    const connection = await serve([[Opcode.RESULT, VOID]]);
    await expect(lastValueFrom(systemPages(connection, 'SELECT …'))).rejects.toThrow(
      'answered a SELECT with something other than rows.',
    );
  });
});

describe('systemQuery', () => {
  it('emits the rows of all pages at once', async () => {
    const connection = await serve([
      [Opcode.RESULT, rows(['a', 'b'], Buffer.from('next'))],
      [Opcode.RESULT, rows(['c'])],
    ]);
    const [all] = await lastValueFrom(systemQuery(connection, 'SELECT …').pipe(toArray()));
    expect(all!.map((row) => Object.values(row))).toEqual([['a'], ['b'], ['c']]);
  });

  it('emits no rows where there are none', async () => {
    const connection = await serve([[Opcode.RESULT, rows([])]]);
    expect(await lastValueFrom(systemQuery(connection, 'SELECT …'))).toEqual([]);
  });
});
