import { Readable } from 'node:stream';
import cassandra from 'cassandra-driver';
import { insertInto, pointReadOf, scanOf } from './statements.js';
import { lastColumn, rowsOf, TABLES } from './tables.js';
import type { Candidate, Task, Workload } from './workloads.js';

let client: cassandra.Client;
let insert: string;
let pointRead: string;
/** What is looked at in each row. */
let last: string;

async function scan({ rows: table, table: name, pageSize: fetchSize }: Task, operations: number): Promise<number> {
  const statement = scanOf(TABLES[name], table);
  let rows = 0;
  for (let i = 0; i < operations / table; i++) {
    await new Promise<void>((resolve, reject) => {
      client.eachRow(
        statement,
        [],
        { prepare: true, fetchSize, autoPage: true },
        (_, row) => {
          if (row[last] !== undefined) rows++;
        },
        (error: Error | null | undefined) => (error ? reject(error) : resolve()),
      );
    });
  }
  return rows;
}

async function pointReads({ concurrency, rows: table }: Task, operations: number): Promise<number> {
  let next = 0;
  let rows = 0;
  const worker = async (): Promise<void> => {
    while (next < operations) {
      const result = await client.execute(pointRead, [next++ % table], { prepare: true });
      for (const row of result.rows) if (row[last] !== undefined) rows++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return rows;
}

const work: Record<Workload, (task: Task, operations: number) => Promise<number>> = {
  async insert({ concurrency: concurrencyLevel, table, rows }, operations) {
    // A stream is what it takes that need not be in memory as a whole.
    const source = Readable.from(rowsOf(TABLES[table], operations, rows), { objectMode: true });
    await cassandra.concurrent.executeConcurrent(client, insert, source, { concurrencyLevel });
    return operations;
  },
  async 'insert in order'({ concurrency: concurrencyLevel, table, rows }, operations) {
    const all = [...rowsOf(TABLES[table], operations, rows)];
    const options = { concurrencyLevel, collectResults: true, maxErrors: 0 };
    const { resultItems } = await cassandra.concurrent.executeConcurrent(client, insert, all, options);
    return resultItems.length;
  },
  async 'insert one by one'({ concurrency, table, rows }, operations) {
    const source = rowsOf(TABLES[table], operations, rows);
    const worker = async (): Promise<void> => {
      for (const values of source) await client.execute(insert, values, { prepare: true });
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return operations;
  },
  // It has nothing of its own for many reads.
  'point read': pointReads,
  'point read one by one': pointReads,
  'point read by mergeRows': pointReads,
  scan,
  // It has no other way to read rows.
  'columnar scan': scan,
};

export const candidate: Candidate = {
  async connect({ contactPoints, localDataCenter, ca, table }) {
    insert = insertInto(TABLES[table]);
    pointRead = pointReadOf(TABLES[table]);
    last = lastColumn(TABLES[table]);
    client = new cassandra.Client({
      contactPoints: [...contactPoints],
      localDataCenter,
      ...(ca !== undefined && { sslOptions: { ca, rejectUnauthorized: true } }),
      queryOptions: { consistency: cassandra.types.consistencies.localQuorum },
    });
    await client.connect();
  },
  run: (task, operations) => work[task.workload](task, operations),
  close: () => client.shutdown(),
};
