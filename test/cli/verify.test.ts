import { NEVER, Subject } from 'rxjs';
import type { Session } from 'rxcql';
import { expect, it } from 'vitest';
import { type Cell, cellTable } from '../support/cell-table.js';
import { closable, rxcql } from './support.js';

const rows: Cell[] = Array.from({ length: 40 }, (_, c) => [c, c, `row ${c}`]);
const VERIFY = ['verify', '-t', 'ks.t', '--page-size=5', '--splits=2', '--concurrency=1', '--progress=json'];

/** What is said in the end. */
async function endOf(session: Session, signals = new Subject<void>()): Promise<Record<string, unknown>> {
  const { err } = await rxcql(VERIFY, { session: closable(session), signals });
  return JSON.parse(err.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;
}

it('says how many rows have been compared', async () => {
  expect(await endOf(cellTable({ rows }).session)).toMatchObject({ event: 'end', exitCode: 0, rows: 40, failed: 0, fraction: 1 }); // prettier-ignore
});

it('says how much of the ring has been compared when it is ended before', async () => {
  const signals = new Subject<void>();
  let fetches = 0;
  const { session } = cellTable({
    rows,
    fetch: (_, read) => {
      if (fetches++ < 6) return read();
      setTimeout(() => signals.next());
      return NEVER;
    },
  });
  const { fraction, ...end } = await endOf(session, signals);
  expect(end).toMatchObject({ exitCode: 4 });
  expect(fraction).toBeGreaterThan(0);
  expect(fraction).toBeLessThan(1);
});
