import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { bytes, count, duration } from '../../src/cli/report/amounts.js';
import { pageTable } from '../../src/cli/report/page-table.js';
import type { Reading } from '../../src/cli/report/reading.js';
import { reporterOf } from '../../src/cli/report/reporter-of.js';
import { summaryText } from '../../src/cli/report/summary.js';
import { Page } from 'rxcql';
import { ArrayRows } from '../../src/operators/array-rows.js';

const reading: Reading = { rows: 1_234_567, failed: 2, bytes: 3 << 20, elapsed: 61_000, rowsPerSecond: 20_000, meanRowsPerSecond: 20_239, fraction: 0.25, eta: 183_000, p50: 1.25, p99: 12.5 }; // prettier-ignore

it('writes amounts as people read them', () => {
  expect([0, 999, 1_234_567].map(count)).toEqual(['0', '999', '1,234,567']);
  expect([0, 1_023, 1_536, 5 * 1_024 ** 3].map(bytes)).toEqual(['0 B', '1023 B', '1.5 KiB', '5.0 GiB']);
  expect([0.42, 12, 999, 1_000, 59_940, 61_000, 3_725_000].map(duration)).toEqual(['0.4 ms', '12 ms', '999 ms', '1.0 s', '59.9 s', '1 min 01 s', '1 h 02 min']); // prettier-ignore
});

describe('the summary', () => {
  it('has the figures, what is missing, and the command that goes on', () => {
    const summary = {
      command: 'unload',
      exitCode: 4,
      reading,
      missing: ['the range (1, 2]'],
      resume: 'rxcql resume orders',
    };
    expect(summaryText(summary)).toBe(
      'unload interrupted: 1,234,567 rows, 2 failed, 3.0 MiB in 1 min 01 s; 20,239 rows/s, p50 1.3 ms, p99 13 ms\n' +
        'missing: the range (1, 2]\ngo on with: rxcql resume orders\n',
    );
  });
});

describe('reporters', () => {
  const told = (kind: 'bar' | 'line' | 'json' | 'none'): { text: string; every: number | undefined } => {
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
    const reporter = reporterOf(kind, 'copy', output);
    reporter.progress(reading);
    reporter.progress({ ...reading, fraction: undefined, eta: undefined, failed: 0 });
    reporter.say('Listen.\n');
    reporter.progress(reading);
    reporter.end({ command: 'copy', exitCode: 0, reading, missing: [] });
    // From Node.js 26 on, read() returns one of the pieces that were written.
    let text = '';
    for (let piece; (piece = output.read() as Buffer | null) !== null;) text += piece.toString();
    return { text, every: reporter.every };
  };

  it('write a line every ten seconds', () => {
    const { text, every } = told('line');
    expect(every).toBe(10_000);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'copy: 25.0 %, 1,234,567 rows, 20,000 rows/s, 3.0 MiB, 2 failed, p50 1.3 ms, p99 13 ms, 3 min 03 s left',
      'copy: 1,234,567 rows, 20,000 rows/s, 3.0 MiB, p50 1.3 ms, p99 13 ms',
      'Listen.',
    ]);
  });

  it('write JSON, and nothing else', () => {
    const lines = told('json').text.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string }); // prettier-ignore
    expect(lines.map(({ event }) => event)).toEqual(['progress', 'progress', 'message', 'progress', 'end']);
    expect(lines[0]).toEqual({ event: 'progress', command: 'copy', ...reading });
  });

  it('move a bar, which makes way for what is said', () => {
    const { text } = told('bar');
    expect(text).toMatch(/██████░{18} 25\.0 %, 1,234,567 rows/);
    expect(text).toContain('Listen.\n');
    // The cursor is seen again.
    expect(text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(text.lastIndexOf('\x1b[?25l'));
    expect(text.trimEnd()).toMatch(/copy done: .*p99 13 ms$/);
  });

  it('say nothing on the way', () => {
    const { text, every } = told('none');
    expect(every).toBeUndefined();
    expect(text).toMatch(/^Listen\.\ncopy done: [^\n]*\n$/);
  });
});

describe('a page as a table', () => {
  it('has its columns and rows, and no sign that commands the terminal', () => {
    const columns = ['id int', 'name text', 'set set<int>'].map((text) => {
      const [name, type] = text.split(' ') as [string, string];
      return { name, type, keyspace: 'ks', table: 't' };
    });
    const rows = [[1, 'Zoë \x1b[2J\n', new Set([2, 3])], [20, null, null]]; // prettier-ignore
    const page = new Page<readonly unknown[]>(ArrayRows.from(rows), { columns });
    expect(pageTable(page).split('\n')).toEqual([
      '┌────┬─────────────────┬───────┐',
      '│ id │ name            │ set   │',
      '├────┼─────────────────┼───────┤',
      '│ 1  │ Zoë \\x1b[2J\\x0a │ [2,3] │',
      '│ 20 │ null            │ null  │',
      '└────┴─────────────────┴───────┘',
    ]);
    expect(page.isDelivered).toBe(false);
  });
});
