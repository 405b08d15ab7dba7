import { Readable } from 'node:stream';
import cassandra from 'cassandra-driver';
import {
  type Candidate,
  INSERT,
  PAGE_SIZE,
  POINT_READ,
  readings,
  SCAN,
  type Task,
  type Workload,
} from './workloads.js';

let client: cassandra.Client;

async function scan({ rows: table }: Task, operations: number): Promise<number> {
  let rows = 0;
  for (let i = 0; i < operations / table; i++) {
    await new Promise<void>((resolve, reject) => {
      client.eachRow(
        SCAN,
        [],
        { prepare: true, fetchSize: PAGE_SIZE, autoPage: true },
        (_, row) => {
          if (row['note'] !== undefined) rows++;
        },
        (error: Error | null | undefined) => (error ? reject(error) : resolve()),
      );
    });
  }
  return rows;
}

const work: Record<Workload, (task: Task, operations: number) => Promise<number>> = {
  async insert({ concurrency: concurrencyLevel, rows }, operations) {
    // A stream is what it takes that need not be in memory as a whole.
    const source = Readable.from(readings(operations, rows), { objectMode: true });
    await cassandra.concurrent.executeConcurrent(client, INSERT, source, { concurrencyLevel });
    return operations;
  },
  async 'insert in order'({ concurrency: concurrencyLevel, rows }, operations) {
    const all = [...readings(operations, rows)];
    const options = { concurrencyLevel, collectResults: true, maxErrors: 0 };
    const { resultItems } = await cassandra.concurrent.executeConcurrent(client, INSERT, all, options);
    return resultItems.length;
  },
  async 'point read'({ concurrency, rows: table }, operations) {
    let next = 0;
    let rows = 0;
    const worker = async (): Promise<void> => {
      while (next < operations) {
        const result = await client.execute(POINT_READ, [next++ % table], { prepare: true });
        for (const row of result.rows) if (row['note'] !== undefined) rows++;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return rows;
  },
  scan,
  // It has no other way to read rows.
  'columnar scan': scan,
};

export const candidate: Candidate = {
  async connect({ contactPoints, localDataCenter }) {
    client = new cassandra.Client({
      contactPoints: [...contactPoints],
      localDataCenter,
      queryOptions: { consistency: cassandra.types.consistencies.localQuorum },
    });
    await client.connect();
  },
  run: (task, operations) => work[task.workload](task, operations),
  close: () => client.shutdown(),
};
