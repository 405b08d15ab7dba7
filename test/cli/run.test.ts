import { firstValueFrom, NEVER, Subject, throwError, timer, switchMap } from 'rxjs';
import { ConnectionError, ResponseError, type Session, SessionClosedError } from 'rxcql';
import { describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/run.js';
import { tokenTable, type TokenTableOptions } from '../support/token-table.js';
import { closable, rxcql, testHost } from './support.js';

const rows = Array.from({ length: 100 }, (_, id) => ({ token: BigInt(id - 50) * 10n ** 17n, id }));
const table = (options: TokenTableOptions = {}): Session & { readonly closed: number } =>
  closable(tokenTable({ rows, ...options }).session);
const COUNT = ['count', '-k', 'ks', '-t', 't'];

describe('rxcql', () => {
  it('says what there is, and which version it is', async () => {
    const { code, out, err } = await rxcql(['--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/Usage: rxcql .*Commands:.* count .*Examples:/s);
    expect(await rxcql(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' });
    const help = await rxcql(['help', 'count']);
    expect(help.code).toBe(0);
    expect(help.out).toMatch(/-h, --host <hosts>.*Examples:\n {2}rxcql count.*RXCQL_PAGE_SIZE.*Exit codes: 0 done/s);
    expect(help.out).not.toContain('--no-dry-run');
  });

  it.each([
    [[], /Usage:/],
    [['cuont'], /unknown command 'cuont'\n\(Did you mean count\?\)/],
    [['count', '--tabel', 't'], /unknown option '--tabel'\n\(Did you mean --table\?\)/],
    [['count', '-tabel', 't'], /There is no option "-tabel"\. Did you mean "table"\?/],
    [['count'], /The option --table is missing: say -k KEYSPACE -t TABLE\./],
    [[...COUNT, '--concurrency', '0'], /--concurrency is a whole number/],
    [['resume'], /Say what to go on with/],
    [['resume', '/nowhere/at/all'], /Nothing that could be gone on with was begun in \/nowhere\/at\/all/],
    [['query', ' '], /Say what to execute/],
  ])('fails with 3, a sentence, and nothing else: %j', async (argv, sentence) => {
    const { code, out, err } = await rxcql(argv, { session: table() });
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(/^ {4}at /m);
  });

  it('shows where an error is from if that is asked for', async () => {
    expect((await rxcql(['count', '--debug'], { session: table() })).err).toMatch(/^ {4}at /m);
  });

  it('says that a defect is one, and ends with 5', async () => {
    const { code, err } = await rxcql(COUNT);
    expect([code, err]).toEqual([5, expect.stringMatching(/This is a defect of rxcql: Error: There is no session/)]);
  });
});

describe('rxcql count', () => {
  it('writes the number alone, and all else beside it', async () => {
    const session = table();
    const { code, out, err } = await rxcql(COUNT, { session });
    expect([code, out]).toEqual([0, '100\n']);
    expect(err).toMatch(/^count done: 100 rows, 0 failed, 4\.0 KiB in .*; .* rows\/s, p50 1\.5 ms, p99 9\.0 ms\n$/);
    expect(session.closed).toBeGreaterThan(0);
  });

  it('counts a part, and what a SELECT has', async () => {
    const counts = await Promise.all(
      [0, 1, 2].map(async (i) => Number((await rxcql([...COUNT, `--shard=${i}/3`], { session: table() })).out)),
    );
    expect(counts.reduce((sum, one) => sum + one)).toBe(100);
    expect((await rxcql(['count', '--query', 'SELECT id FROM ks.t'], { session: table() })).out).toBe('100\n');
  });

  it('has an object for more than the number', async () => {
    const { out } = await rxcql([...COUNT, '--stats', 'nodes,partitions', '--top', '1'], { session: table() });
    expect(JSON.parse(out)).toEqual({ total: 100, nodes: { 'a:1': 100 }, partitions: [{ key: [expect.any(Number)], rows: 1 }] }); // prettier-ignore
    expect((await rxcql([...COUNT, '--stats', 'rows'], { session: table() })).code).toBe(3);
  });

  it('writes no number if something could not be read: 1, and what is missing', async () => {
    const fetch: TokenTableOptions['fetch'] = ({ end }, _, read) =>
      end !== undefined && end > 0n ? throwError(() => new ResponseError('Invalid', 'no')) : read();
    const hopeless = await rxcql([...COUNT, '--splits', '4'], { session: table({ fetch }) });
    expect([hopeless.code, hopeless.out]).toEqual([3, '']);
    const failing: TokenTableOptions['fetch'] = ({ end }, _, read) =>
      end !== undefined && end > 0n ? throwError(() => new ResponseError('TruncateError', 'no')) : read();
    const { code, out, err } = await rxcql([...COUNT, '--splits', '4'], { session: table({ fetch: failing }) });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/could not be read.*\ncount done, with errors: .*\nmissing: the range \(/s);
  });

  it('says of a dry run what it would read, and reads nothing', async () => {
    const { session, asked } = tokenTable({ rows });
    const { code, out, err } = await rxcql([...COUNT, '-dryRun', '--splits', '2'], { session: closable(session) });
    expect([code, out, asked]).toEqual([0, '', []]);
    expect(err).toBe(
      'count would do this; nothing has been read but the schema, and nothing written.\n' +
        'statement: SELECT id FROM ks.t\n' +
        'ranges: 2\n' +
        '  (-9223372036854775808, 0] at a:1\n' +
        '  (0, -9223372036854775808] at a:1\n',
    );
  });

  it('has lines of JSON for machines', async () => {
    const { err } = await rxcql([...COUNT, '--progress=json'], { session: table() });
    expect(err.trimEnd().split('\n').map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ event: 'end', command: 'count', exitCode: 0, rows: 100, failed: 0, fraction: 1, missing: [] }),
    ]); // prettier-ignore
  });

  it('knows the cluster from the environment', async () => {
    const { asked } = await rxcql(COUNT, {
      session: table(),
      env: { RXCQL_HOST: 'a:1', RXCQL_USERNAME: 'u', RXCQL_PASSWORD: 'p' },
    });
    expect(asked).toEqual([
      expect.objectContaining({ contactPoints: ['a:1'], auth: { username: 'u', password: 'p' } }),
    ]);
  });
});

describe('a command that somebody wants to end', () => {
  /** Asks for what never comes after the first page. */
  const stuck = (): Session => {
    let fetches = 0;
    return table({ fetch: (_, __, read) => (fetches++ === 0 ? read() : NEVER) });
  };

  it('ends with what it has, writes no number, and exits with 4', async () => {
    const signals = new Subject<void>();
    const { host, out, err } = testHost({ session: stuck(), signals });
    const ended = firstValueFrom(run([...COUNT, '--splits', '4'], host));
    await new Promise((resolve) => setTimeout(resolve, 20));
    signals.next();
    expect(await ended).toBe(4);
    expect(out()).toBe('');
    expect(err()).toMatch(/^Ending: what has been begun is finished.*\ncount interrupted: /);
  });

  it('ends at once when it is asked twice, though its session cannot be closed', async () => {
    const signals = new Subject<void>();
    const session = stuck();
    Object.defineProperty(session, 'close', { value: () => NEVER });
    const { host } = testHost({ session, signals });
    const ended = firstValueFrom(run([...COUNT, '--splits', '4'], host));
    await new Promise((resolve) => setTimeout(resolve, 20));
    signals.next();
    signals.next();
    expect(await ended).toBe(4);
  });

  it('ends in any case within five seconds', async () => {
    const session = stuck();
    Object.defineProperty(session, 'close', { value: () => NEVER });
    const { host } = testHost({ session, signals: timer(10) });
    vi.useFakeTimers();
    try {
      const codes: number[] = [];
      run([...COUNT, '--splits', '4'], host).subscribe((code) => codes.push(code));
      await vi.advanceTimersByTimeAsync(4_000);
      expect(codes).toEqual([]);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(codes).toEqual([4]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends well when its reader has read enough', async () => {
    const { host } = testHost({ session: table({ fetch: (_, __, read) => timer(5).pipe(switchMap(read)) }) });
    const ended = firstValueFrom(run([...COUNT, '--splits', '4'], host));
    host.stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }));
    expect(await ended).toBe(0);
  });

  it('takes no connection that breaks for a reader that has read enough', async () => {
    const cause = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' });
    const session = table({ fetch: () => throwError(() => new SessionClosedError('It broke.', { cause: new ConnectionError('a:1', 'It broke.', { cause }) })) }); // prettier-ignore
    const { code, err } = await rxcql(COUNT, { session });
    expect([code, err]).toEqual([3, expect.stringMatching(/^It broke\.\n/)]);
  });
});

it('says how far it is, every ten seconds or in a bar', async () => {
  const slow = (): Session => table({ fetch: (_, __, read) => timer(200).pipe(switchMap(read)) });
  const bar = await rxcql([...COUNT, '--concurrency=1', '--splits=4'], { session: slow(), isTerminal: true });
  expect(bar.out).toBe('100\n');
  expect(bar.err).toMatch(/[█░]{24} .*%, \d+ rows, .* left/);
  const none = await rxcql([...COUNT, '--progress=none'], { session: slow(), isTerminal: true });
  expect(none.err).toMatch(/^count done: /);
});

it('closes its session, whatever has happened', async () => {
  const session = table({ columns: [] });
  const { code, err } = await rxcql(COUNT, { session });
  expect([code, err]).toEqual([3, expect.stringMatching(/^The cluster has no table "t" in a keyspace "ks"/)]);
  expect(session.closed).toBeGreaterThan(0);
});
