import { EMPTY, from, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Worker } from '../../src/cli/host.js';
import { rxcql } from './support.js';

interface Called {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const end = (rows: number, more: object = {}): string => JSON.stringify({ event: 'end', rows, failed: 0, bytes: 10, fraction: 1, p50: 1, p99: rows, missing: [], ...more }); // prettier-ignore

function workers(...all: Partial<Worker>[]): {
  called: Called[];
  spawn: (args: readonly string[], env: Called['env']) => Worker;
  stopped: string[];
} {
  const called: Called[] = [];
  const stopped: string[] = [];
  const spawn = (args: readonly string[], env: Called['env']): Worker => {
    const i = called.length;
    called.push({ args, env });
    return {
      lines: of(end(10)),
      output: of('10'),
      ended: of(0),
      stop: () => void stopped.push(`stop ${i}`),
      kill: () => void stopped.push(`kill ${i}`),
      ...all[i],
    };
  };
  return { called, spawn, stopped };
}

describe('workers', () => {
  it('have a shard each, and secrets in their environment', async () => {
    const { called, spawn } = workers();
    const env = { RXCQL_PASSWORD: 'hunter2' };
    const argv = ['count', '-t', 'ks.t', '-u', 'me', '--workers', '2', '--shard', '1/2', '--progress=bar'];
    expect(await rxcql(argv, { spawn, env })).toMatchObject({ code: 0, out: '20\n' });
    expect(called.map(({ args }) => args.at(-1))).toEqual(['--shard=1/4', '--shard=3/4']);
    for (const { args, env: own } of called) {
      expect(args).toEqual(expect.arrayContaining(['count', '--table=ks.t', '--username=me', '--workers=1', '--progress=json'])); // prettier-ignore
      expect(args.join(' ')).not.toContain('hunter2');
      expect(own).toEqual({ RXCQL_PASSWORD: 'hunter2' });
    }
  });

  it('are counted together, and heard', async () => {
    const lines = from([
      JSON.stringify({ event: 'message', message: 'Hear me.' }),
      'a warning of Node.js',
      end(5, { missing: ['a range'] }),
    ]);
    const { spawn } = workers({}, { lines, output: of('5') });
    const { code, out, err } = await rxcql(['count', '-t', 'ks.t', '--workers=2'], { spawn });
    expect([code, out]).toEqual([1, '15\n']);
    expect(err).toMatch(
      /^worker 1: Hear me\.\na warning of Node\.js\ncount done, with errors: 15 rows, 0 failed, 20 B in .*p99 10 ms\nmissing: a range\n$/,
    );
  });

  it.each([
    [[3, 0], 3],
    [[1, 5], 5],
    [[4, 2], 4],
  ])('end as the worst of them: %j', async (codes, code) => {
    const { spawn } = workers(...codes.map((one) => ({ ended: of(one), output: one === 0 ? of('10') : EMPTY })));
    // Of a part of the rows there is no number.
    expect(await rxcql(['count', '-t', 'ks.t', '--workers=2'], { spawn })).toMatchObject({ code, out: '' });
  });

  it('are told to end, and killed if that takes too long', async () => {
    const signals = new Subject<void>();
    const { spawn, stopped } = workers({ ended: NEVER }, { ended: NEVER });
    const ended = rxcql(['count', '-t', 'ks.t', '--workers=2'], { spawn, signals });
    signals.next();
    expect(stopped).toEqual(['stop 0', 'stop 1']);
    signals.next();
    expect((await ended).code).toBe(4);
    expect(stopped).toEqual(['stop 0', 'stop 1', 'kill 0', 'kill 1']);
  });

  it('are killed when one cannot be heard', async () => {
    const { spawn, stopped } = workers({ lines: throwError(() => new Error('deaf')) });
    expect((await rxcql(['count', '-t', 'ks.t', '--workers=2'], { spawn })).code).toBe(5);
    expect(stopped).toContain('kill 1');
  });

  it('cannot share what is one', async () => {
    const { spawn } = workers();
    const { code, err } = await rxcql(['count', '-t', 'ks.t', '--workers=2', '--stats=nodes'], { spawn });
    expect([code, err]).toEqual([3, expect.stringContaining('--stats is for one process')]);
  });
});
