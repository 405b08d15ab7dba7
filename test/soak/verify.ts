// Compares what the cluster has with what the ledger says.
import { concatMap, lastValueFrom, range, reduce, toArray } from 'rxjs';
import { mergeRows, pages, type Row, type Session } from 'rxcql';
import { type Books, WriteState } from './ledger.js';
import { LIST_LENGTH, PARTITIONS, proofOf } from './workload.js';

const CONCURRENCY = 32;

/** What was compared, and each difference, as a sentence. */
export interface Verification {
  readonly acknowledged: number;
  /** Writes of which their driver did not know, and which were executed. */
  readonly executedUnknown: number;
  readonly differences: readonly string[];
}

/** Reads all that was written, from all replicas. */
export async function verify(session: Session, keyspace: string, books: Books): Promise<Verification> {
  const differences: string[] = [];
  let acknowledged = 0;
  let executedUnknown = 0;
  const all = (cql: string, keys: number): Promise<Row[]> =>
    lastValueFrom(
      keysUpTo(keys).pipe(
        mergeRows((k) => session.query(cql, [k], { consistency: 'ALL' }).pipe(concatMap((page) => page)), CONCURRENCY),
        toArray(),
      ),
    );
  const judge = (what: string, state: number, times: number): void => {
    if (times > 1) differences.push(`${what} is there ${times} times.`);
    if (state === WriteState.acknowledged) {
      acknowledged++;
      if (times === 0) differences.push(`${what} was acknowledged and is not there.`);
    } else if (state === WriteState.unknown || state === WriteState.sent) {
      executedUnknown += times;
    } else if (times > 0) {
      differences.push(`${what} is there, though it ${state === WriteState.none ? 'was never sent' : 'was refused'}.`);
    }
  };

  const registers = new Map<number, Row>();
  for (const row of await all(`SELECT k, v, proof FROM ${keyspace}.registers WHERE k = ?`, PARTITIONS.registers)) {
    registers.set(row['k'] as number, row);
  }
  for (let k = 0; k < PARTITIONS.registers; k++) {
    const row = registers.get(k);
    const v = (row?.['v'] ?? 0) as number;
    acknowledged += Math.min(1, books.acknowledged[k]!);
    if (v < books.acknowledged[k]! || v > books.sent[k]! || (row !== undefined && row['proof'] !== proofOf(k, v))) {
      differences.push(`Register ${k} has ${v}: acknowledged was ${books.acknowledged[k]}, sent ${books.sent[k]}.`);
    }
  }

  const journal = new Uint8Array(books.journal.length);
  for (const row of await all(`SELECT k, proof FROM ${keyspace}.journal WHERE bucket = ?`, PARTITIONS.journal)) {
    const k = row['k'] as number;
    journal[k]!++;
    if (row['proof'] !== proofOf(k, 0)) differences.push(`The entry ${k} of the journal is another than was written.`);
  }
  journal.forEach((times, k) => judge(`The entry ${k} of the journal`, books.journal[k]!, times));

  const counters = await all(`SELECT k, n FROM ${keyspace}.counters WHERE k = ?`, PARTITIONS.counters);
  const counts = new Map(counters.map(({ k, n }) => [k as number, Number(n)]));
  for (let k = 0; k < PARTITIONS.counters; k++) {
    const count = counts.get(k) ?? 0;
    const least = books.counted[k]!;
    const most = least + books.uncertain[k]!;
    acknowledged += least;
    executedUnknown += count - least;
    if (count < least || count > most) differences.push(`Counter ${k} is ${count}, not from ${least} to ${most}.`);
  }

  const elements = new Uint8Array(books.elements.length);
  const last = books.elements.findLastIndex((state) => state !== WriteState.none);
  const lists = Math.floor(last / LIST_LENGTH) + 1;
  for (const row of await all(`SELECT elements FROM ${keyspace}.lists WHERE k = ?`, lists)) {
    for (const element of (row['elements'] ?? []) as number[]) elements[element]!++;
  }
  elements.forEach((times, element) => judge(`The element ${element}`, books.elements[element]!, times));

  return { acknowledged, executedUnknown, differences };
}

/** Writes the table that is only read. */
export async function writeKnown(session: Session, keyspace: string): Promise<void> {
  const insert = `INSERT INTO ${keyspace}.known (k, proof) VALUES (?, ?)`;
  const writing = keysUpTo(PARTITIONS.known).pipe(
    mergeRows((k) => session.execute(insert, [k, proofOf(k, 0)], { consistency: 'ALL' }), CONCURRENCY),
    reduce((count) => count + 1, 0),
  );
  if ((await lastValueFrom(writing)) !== PARTITIONS.known) throw new Error('Not all rows were written.');
}

const keysUpTo = (count: number) =>
  pages<number, number>((from = 0) => {
    const until = Math.min(count, from + 1_000);
    return range(from, until - from).pipe(
      toArray(),
      concatMap((rows) => [{ rows, pagingState: until < count ? until : undefined }]),
    );
  });
