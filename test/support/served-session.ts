import { firstValueFrom, lastValueFrom, type Observable, ReplaySubject } from 'rxjs';
import { createSession, type CqlError, type Session, type SessionOptions } from 'rxcql';
import { type CqlRequest, type CqlServer, cqlServer, type CqlServerOptions, type Rule } from 'rxcql/testing';
import { afterEach, expect } from 'vitest';

/** A session with a server that acts by rules, and what the server was asked. */
export interface Served {
  readonly server: CqlServer;
  readonly session: Session;
  /** What was asked by the program: without what drivers ask for themselves. */
  readonly asked: CqlRequest[];
}

/** Makes sessions with servers of their own, both of which are closed after each test of the file. */
export function serving(): (
  rules?: readonly Rule[],
  options?: Partial<SessionOptions>,
  serverOptions?: CqlServerOptions,
) => Promise<Served> {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  return async (rules = [], options = {}, serverOptions = {}) => {
    const servers = new ReplaySubject<CqlServer>(1);
    const listening = cqlServer(rules, serverOptions).subscribe(servers);
    cleanups.push(() => listening.unsubscribe());
    const server = await firstValueFrom(servers);
    const session = createSession({ contactPoints: [server.contactPoint], schemaMetadata: false, ...options });
    cleanups.push(() => lastValueFrom(session.close()));
    await lastValueFrom(session.connect());
    const asked: CqlRequest[] = [];
    server.requests.subscribe((request) => {
      if (isOfProgram(request)) asked.push(request);
    });
    return { server, session, asked };
  };
}

function isOfProgram({ opcode, cql = '' }: CqlRequest): boolean {
  return ['QUERY', 'PREPARE', 'EXECUTE', 'BATCH'].includes(opcode) && !/\bsystem(_virtual)?(_schema)?\./.test(cql);
}

/** What a request fails with. */
export function failureOf(source: Observable<unknown>): Promise<CqlError & Record<string, unknown>> {
  return lastValueFrom(source, { defaultValue: undefined }).then(
    () => expect.fail('It did not fail.'),
    (reason: unknown) => reason as CqlError & Record<string, unknown>,
  );
}
