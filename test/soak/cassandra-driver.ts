import cassandra from 'cassandra-driver';
import { type Candidate, type Failed, type Row, SPECULATION } from './workload.js';

let client: cassandra.Client;

const { consistencies, responseErrorCodes } = cassandra.types;
const CONSISTENCIES = { LOCAL_ONE: consistencies.localOne, LOCAL_QUORUM: consistencies.localQuorum };

/** Those that say that nothing was done. */
const REFUSALS: readonly unknown[] = [
  responseErrorCodes.unavailableException,
  responseErrorCodes.overloaded,
  responseErrorCodes.isBootstrapping,
];

/** The server's own name of an error, as the other driver has it. */
function nameOf(code: number): string {
  const name = Object.entries(responseErrorCodes).find(([, value]) => Number(value) === code)?.[0] ?? String(code);
  return (name[0]!.toUpperCase() + name.slice(1)).replace(/Exception$/, '');
}

function failed(error: Error & { code?: number }): Failed {
  const isResponse = error instanceof cassandra.errors.ResponseError;
  const kind = isResponse ? nameOf(error.code) : error.name;
  return { kind, isUnknown: !(isResponse && REFUSALS.includes(error.code)) };
}

export const candidate: Candidate = {
  connect(contactPoints, localDataCenter) {
    const { ConstantSpeculativeExecutionPolicy } = cassandra.policies.speculativeExecution;
    client = new cassandra.Client({
      contactPoints: [...contactPoints],
      localDataCenter,
      policies: { speculativeExecution: new ConstantSpeculativeExecutionPolicy(SPECULATION.delay, SPECULATION.max) },
    });
    return client.connect();
  },
  run({ cql, params, consistency, idempotent }, done) {
    const options = { prepare: true, consistency: CONSISTENCIES[consistency], isIdempotent: idempotent };
    client.execute(cql, [...params], options, (error: Error | null, result) => {
      if (error !== null) {
        done({ error: failed(error) });
        return;
      }
      // Of a write there are none, whatever its type says.
      const { rows } = result as { rows?: Row[] };
      done({ row: rows?.[0], coordinator: result.info.queriedHost });
    });
  },
  close: () => client.shutdown(),
};
