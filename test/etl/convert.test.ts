import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, of, toArray } from 'rxjs';
import { type Page, pagesFrom } from 'rxcql';
import { type Convert, deadLetter, fromCsv, fromJson, fromText, type Outcome, writeTo } from 'rxcql/etl';
import { page } from 'rxcql/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { writeSession } from '../support/write-session.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-convert-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PARAMETERS = [['id', 'int'], ['note', 'text'], ['tags', 'list<text>']] as const; // prettier-ignore
const done = of(page([]) as unknown as Page);

/** What is sent, and what becomes of records. */
async function write(records: readonly unknown[], convert: Convert, batch: 'none' | 'partition' = 'none') {
  const sent: unknown[] = [];
  const session = writeSession((given) => (sent.push(...given), done), PARAMETERS);
  const written = pagesFrom(records, { pageSize: 10 }).pipe(writeTo(session, 'INSERT INTO t', { convert, batch }), toArray()); // prettier-ignore
  return { sent, outcomes: await lastValueFrom(written) };
}

describe('writeTo() with a conversion', () => {
  it.each(['none', 'partition'] as const)('sends what was made of a record, and tells of the record: batch %s', async (batch) => {
    const record = { tags: '["x"]', note: '7', id: '7', other: 'y' };
    const { sent, outcomes } = await write([record, ['8', null, '[]']], fromText(), batch);
    expect(sent).toEqual([[7, '7', ['x']], [8, undefined, []]]); // prettier-ignore
    expect(outcomes).toEqual([
      { kind: 'ok', record, position: 0 },
      { kind: 'ok', record: ['8', null, '[]'], position: 1 },
    ]);
  }); // prettier-ignore

  it.each(['none', 'partition'] as const)('fails a record that cannot be converted, and sends the others: batch %s', async (batch) => {
    const records = [{ id: '1', note: 'a', tags: null }, { id: 'x', note: 'a', tags: null }, { id: '2', note: 'a' }];
    const { sent, outcomes } = await write(records, fromText(), batch);
    expect(sent).toEqual([[1, 'a', undefined]]);
    const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
    expect(failed.map(({ record, position, attempts }) => [record, position, attempts])).toEqual([
      [records[1], 1, 0],
      [records[2], 2, 0],
    ]);
    expect(failed.map(({ error }) => error.message)).toEqual([
      'The parameter "id" (int) cannot be made of the record. The text is no int: expected an integer from -2147483648 to 2147483647, got a string.',
      'The parameter "tags" (list<text>) cannot be made of the record. It has no field of that name.',
    ]);
    expect(failed[0]!.error).toMatchObject({ code: 'ERR_RXCQL_BIND', column: 'id' });
  }); // prettier-ignore

  it('does not tell what a function of the user says, but as the cause', async () => {
    const cause = new Error('secret');
    const { outcomes } = await write([[1]], () => {
      throw cause;
    });
    expect(outcomes[0]).toMatchObject({
      error: { message: 'The parameter "id" (int) cannot be made of the record.', cause },
    });
  });

  it('knows nulls of texts: they leave what is there as it is, or delete it', async () => {
    const records = [['', '', ''], ['1', 'NULL', null]]; // prettier-ignore
    expect((await write(records, fromText())).sent).toEqual([[undefined, '', undefined], [1, 'NULL', undefined]]); // prettier-ignore
    const options = { nulls: ['NULL'], tombstones: true };
    expect((await write(records, fromText(options))).sent).toEqual([[null, '', null], [1, null, null]]); // prettier-ignore
    expect((await write([[1, 'a', ['b']]], fromText())).sent).toEqual([[1, 'a', ['b']]]);
  });

  it('takes JSON: a null deletes, what is not there is left as it is', async () => {
    const { sent, outcomes } = await write(
      [
        { id: 1, note: null },
        { id: 2 ** 53, tags: [] },
      ],
      fromJson(),
    );
    expect(sent).toEqual([[1, null, undefined]]);
    expect(outcomes[1]).toMatchObject({ kind: 'failed', error: { column: 'id' } });
  });

  it('fails what could not be read, and says where it is', async () => {
    const session = writeSession(() => done, PARAMETERS);
    const path = join(folder, 'failed.ndjson');
    async function* csv(): AsyncGenerator<string> {
      yield await Promise.resolve('id,note,tags\n1,a\n2,b,[]\nx,"c\n",[]\n');
    }
    const outcomes = await lastValueFrom(
      fromCsv(csv, { onBadRecord: 'emit' }).pipe(
        writeTo(session, 'INSERT INTO t', { convert: fromText() }),
        deadLetter(path),
        toArray<Outcome>(),
      ),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['failed', 'failed', 'ok']);
    const letters = readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as unknown); // prettier-ignore
    expect(letters).toEqual([
      {
        position: { file: '(stream)', line: 2 },
        code: 'ERR_RXCQL_FILE',
        error: 'Line 2 of (stream) cannot be read. It has 2 fields in place of 3.',
        attempts: 0,
        record: { reason: 'It has 2 fields in place of 3.', line: 2, file: '(stream)', text: '1,a' },
      },
      {
        position: { file: '(stream)', line: 4 },
        code: 'ERR_RXCQL_BIND',
        error: expect.stringContaining('The parameter "id" (int)') as string,
        attempts: 0,
        record: { id: 'x', note: 'c\n', tags: '[]' },
      },
    ]);
  });
});
