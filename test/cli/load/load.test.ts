import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { of, throwError } from 'rxjs';
import { type Params, ResponseError, type Session } from 'rxcql';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pageOf } from '../../etl/files/support.js';
import { tokenTable } from '../../support/token-table.js';
import { closable, rxcql } from '../support.js';

const folder = mkdtempSync(join(tmpdir(), 'rxcql-load-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

let count = 0;
let journal: string;
let file: string;
beforeEach(() => {
  journal = join(folder, `${count}.journal`);
  file = join(folder, `${count++}.csv`);
});

/** Takes the records of a table `ks.t (id int, v text)`, but for those that it refuses. */
function target(refused: (id: unknown) => Error | undefined = () => undefined): { session: Session; taken: unknown[] } {
  const taken: unknown[] = [];
  const { session } = tokenTable();
  const parameters = [{ name: 'id', type: 'int', keyspace: 'ks', table: 't' }, { name: 'v', type: 'text', keyspace: 'ks', table: 't' }]; // prettier-ignore
  const writing = {
    ...session,
    prepare: (cql: string) => of({ cql, parameters }),
    execute: (what: unknown, values: Params, ...rest: []) => {
      if (typeof what === 'string') return session.execute(what, values, ...rest);
      const [id] = values as readonly unknown[];
      const error = refused(id);
      if (error !== undefined) return throwError(() => error);
      taken.push(id);
      return of(pageOf([], []));
    },
  } as unknown as Session;
  return { session: closable(writing), taken };
}

const load = (session: Session, ...more: string[]) =>
  rxcql(['load', '-k', 'ks', '-t', 't', '--url', file, '--checkpoint', journal, '--page-size=2', ...more], { session });

describe('rxcql load with a journal', () => {
  it.each([
    ['--null=NULL'],
    ['--delimiter=;'],
    ['--quote='],
    ['--escape=\\'],
    ['--comment=#'],
    ['--skip=1'],
    ['--limit=9'],
    ['--tombstones'],
    ['--format=ndjson'],
  ])('is not gone on with by another %s', async (option) => {
    writeFileSync(file, 'id,v\n1,a\n2,b\n3,c\n');
    const { session, taken } = target();
    expect((await load(session)).code).toBe(0);
    const { code, err } = await load(session, '--resume', option);
    expect([code, err]).toEqual([3, expect.stringContaining('it is of another load: form differ')]);
    expect(taken).toEqual([1, 2, 3]);
  });

  it('does again what the cluster did not take, unless it is in the file for that', async () => {
    writeFileSync(file, 'id,v\n1,a\n2,b\n3,c\n4,d\nx,y\n5,e\n6,f\n');
    const failing = target((id) =>
      id === 3 ? new ResponseError('Unavailable', 'There are too few replicas.') : undefined,
    );
    const first = await load(failing.session);
    expect([first.code, failing.taken]).toEqual([1, [1, 2, 4, 5, 6]]);
    expect(first.err).toContain(`go on with: rxcql resume ${journal}\n`);
    const { session, taken } = target();
    const again = await rxcql(['resume', journal], { session });
    // What is no record will be none the next time.
    expect([again.code, taken]).toEqual([1, [3, 4, 5, 6]]);
    expect(again.err).not.toContain('go on with');
    const last = target();
    expect([(await rxcql(['resume', journal], { session: last.session })).code, last.taken]).toEqual([0, []]);
  });

  it.each(['a file', 'a folder'])(
    'is gone on with also where %s was said from the folder that it was begun in',
    async (what) => {
      const name = what === 'a file' ? file : join(folder, `${count}.folder`);
      if (name !== file) mkdirSync(name);
      writeFileSync(name === file ? file : join(name, 'a.csv'), 'id,v\n1,a\n2,b\n3,c\n');
      const passing = new ResponseError('Unavailable', 'There are too few replicas.');
      const failing = target((id) => (id === 3 ? passing : undefined));
      const url = relative(process.cwd(), name);
      const begun = ['load', '-k', 'ks', '-t', 't', '--url', url, '--checkpoint', journal, '--page-size=2'];
      expect((await rxcql(begun, { session: failing.session })).code).toBe(1);
      const { session, taken } = target();
      expect([(await rxcql(['resume', journal], { session })).code, taken]).toEqual([0, [3]]);
    },
  );

  it('says when there was nothing to load', async () => {
    writeFileSync(file, '');
    const { session } = target();
    const { code, err } = await load(session);
    expect([code, err]).toEqual([0, expect.stringContaining('There was nothing to load.')]);
  });

  it('has done what is in the file of what has failed', async () => {
    writeFileSync(file, 'id,v\n1,a\n2,b\n3,c\n');
    const put = join(folder, 'failed.ndjson');
    const failing = target((id) =>
      id === 2 ? new ResponseError('Unavailable', 'There are too few replicas.') : undefined,
    );
    const first = await load(failing.session, `--dead-letter=${put}`);
    expect([first.code, readFileSync(put, 'utf8').split('\n').length]).toEqual([1, 2]);
    expect(first.err).not.toContain('go on with');
    const { session, taken } = target();
    expect([(await rxcql(['resume', journal], { session })).code, taken]).toEqual([0, []]);
  });
});

describe('rxcql load of NDJSON', () => {
  const lines = '{"id":1,"v":"a"}\n{"id":2,"w":"lost"}\n{"v":"c","id":3}\n{"id":4}\n';

  it('takes no record with a field that is no column, wherever it is', async () => {
    file = file.replace('csv', 'ndjson');
    writeFileSync(file, lines);
    const { session, taken } = target();
    const { code, err } = await load(session);
    expect([code, taken]).toEqual([1, [1, 3, 4]]);
    expect(err).toContain(`${file}, line 2, has failed: Line 2 of ${file} cannot be read. It has a field "w", which is no column.`); // prettier-ignore
  });

  it.each([[[]], [['--mapping=id=id,v=v']]])(
    'takes no array: of its values nobody knows the columns (%j)',
    async (more) => {
      file = file.replace('csv', 'ndjson');
      writeFileSync(file, '{"id":1,"v":"a"}\n[2,"b"]\n{"id":3,"v":"c"}\n');
      const { session, taken } = target();
      const { code, err } = await load(session, ...more);
      expect([code, taken]).toEqual([1, [1, 3]]);
      expect(err).toContain('line 2, has failed: Line 2 of ');
      expect(err).toContain('It is an array');
    },
  );

  it('takes those that a mapping names, and leaves the others', async () => {
    file = file.replace('csv', 'ndjson');
    writeFileSync(file, lines);
    const { session, taken } = target();
    expect([(await load(session, '--mapping=id=id,v=v')).code, taken]).toEqual([0, [1, 2, 3, 4]]);
  });
});
