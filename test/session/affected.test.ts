import { lastValueFrom } from 'rxjs';
import type { Prepared } from 'rxcql';
import { cql, event, opcode, prepared, when } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { serving } from '../support/served-session.js';

const serve = serving();

/** Whose markers are columns of two tables of one keyspace. */
const RULES = ['users', 'orders'].map((table) =>
  when(opcode('PREPARE').and(cql(table))).reply(
    prepared({ keyspace: 'shop', table, parameters: { id: 'int' }, columns: { v: 'text' } }),
  ),
);

/** Which statements are prepared anew, of two that were, after something has changed in the schema. */
async function preparedAnewAfter(change: Parameters<typeof event.schema>[0]): Promise<string[]> {
  const { session, server, asked } = await serve(RULES);
  const read = async (): Promise<void> => {
    for (const table of ['users', 'orders']) await lastValueFrom(session.execute(table, [1]));
  };
  await read();
  await new Promise<void>((resolve) => {
    session.events.subscribe(({ type }) => type === 'schemaChange' && resolve());
    server.push(event.schema(change));
  });
  asked.length = 0;
  await read();
  return asked.filter(({ opcode: one }) => one === 'PREPARE').map(({ cql: text }) => text!);
}

describe('prepared statements after a change of the schema', () => {
  it.each([
    ['a table of one', { change: 'UPDATED', target: 'TABLE', keyspace: 'shop', name: 'users' }, ['users']],
    ['a table that is gone', { change: 'DROPPED', target: 'TABLE', keyspace: 'shop', name: 'orders' }, ['orders']],
    ['a table of another keyspace', { change: 'UPDATED', target: 'TABLE', keyspace: 'other', name: 'users' }, []],
    ['a new table', { change: 'CREATED', target: 'TABLE', keyspace: 'shop', name: 'users' }, []],
    [
      'a type of their keyspace',
      { change: 'UPDATED', target: 'TYPE', keyspace: 'shop', name: 'mail' },
      ['users', 'orders'],
    ],
    ['their keyspace', { change: 'DROPPED', target: 'KEYSPACE', keyspace: 'shop' }, ['users', 'orders']],
  ] as const)('%s: what is affected is prepared again', async (_, change, expected) => {
    expect(await preparedAnewAfter(change)).toEqual(expected);
  });

  it('what somebody keeps can still be executed', async () => {
    const { session, server } = await serve(RULES);
    const kept: Prepared = await lastValueFrom(session.prepare('users'));
    const changed = new Promise((resolve) => {
      session.events.subscribe(resolve);
    });
    server.push(event.schema({ change: 'UPDATED', target: 'TABLE', keyspace: 'shop', name: 'users' }));
    await changed;
    expect((await lastValueFrom(session.execute(kept, [1]))).rowCount).toBe(0);
  });
});
