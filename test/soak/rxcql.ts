import { lastValueFrom } from 'rxjs';
import { constantSpeculation, createSession, CqlError, ResponseError, type Session } from 'rxcql';
import { type Candidate, type Failed, SPECULATION } from './workload.js';

let session: Session;

function failed(error: unknown): Failed {
  if (!(error instanceof CqlError)) return { kind: `not an error of the driver: ${String(error)}`, isUnknown: true };
  const kind = error instanceof ResponseError ? error.kind : error.name;
  return { kind, isUnknown: (error as { outcome?: string }).outcome === 'unknown' };
}

export const candidate: Candidate = {
  connect(contactPoints, localDataCenter) {
    session = createSession({ contactPoints, localDataCenter, speculation: constantSpeculation(SPECULATION) });
    return lastValueFrom(session.connect());
  },
  run({ cql, params, consistency, idempotent }, done) {
    session.execute(cql, params, { consistency, idempotent }).subscribe({
      next: (page) => done({ row: page.toArray()[0], coordinator: page.coordinator }),
      error: (error: unknown) => done({ error: failed(error) }),
    });
  },
  close: () => lastValueFrom(session.close()),
};
