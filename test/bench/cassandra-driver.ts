import cassandra from 'cassandra-driver';
import {
  type Candidate,
  CONCURRENCY,
  INSERT,
  PAGE_SIZE,
  POINT_READ,
  readings,
  ROWS,
  SCAN,
  type Workload,
} from './workloads.js';

let client: cassandra.Client;

const work: Record<Workload, (operations: number) => Promise<number>> = {
  async insert(operations) {
    await cassandra.concurrent.executeConcurrent(client, INSERT, [...readings(operations)], {
      concurrencyLevel: CONCURRENCY,
    });
    return operations;
  },
  async 'point read'(operations) {
    let next = 0;
    let rows = 0;
    const worker = async (): Promise<void> => {
      while (next < operations) {
        const result = await client.execute(POINT_READ, [next++ % ROWS], { prepare: true });
        for (const row of result.rows) if (row['note'] !== undefined) rows++;
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
    return rows;
  },
  async scan(operations) {
    let rows = 0;
    for (let i = 0; i < operations / ROWS; i++) {
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
  },
};

export const candidate: Candidate = {
  async connect(contactPoints, localDataCenter) {
    client = new cassandra.Client({
      contactPoints: [...contactPoints],
      localDataCenter,
      queryOptions: { consistency: cassandra.types.consistencies.localQuorum },
    });
    await client.connect();
  },
  run: (workload, operations) => work[workload](operations),
  close: () => client.shutdown(),
};
