import {
  type Condition,
  type CqlRequest,
  type CqlResponse,
  type CqlServer,
  cqlServer,
  type CqlServerOptions,
  node,
  opcode,
  type ParameterOptions,
  rows,
  type RowsOptions,
  type Rule,
  systemTables,
  when,
} from 'rxcql/testing';
import { lastValueFrom, Subject } from 'rxjs';
import { Rule as RuleOf } from '../../src/testing/server/rule.js';
import { run } from './running.js';

/** A node of the kit's server, as the tests of the driver look at it. */
export interface TestNode {
  readonly server: CqlServer;
  readonly contactPoint: string;
  readonly port: number;
  /** Those of the connections for requests, without what the driver asks about the node itself. */
  readonly requests: readonly CqlRequest[];
  /** The texts of the QUERYs among them. */
  readonly queries: readonly (string | undefined)[];
  /** How many connections for requests there have been. */
  readonly connectionCount: number;
  /** The connections over which drivers have begun to watch the cluster. */
  readonly controls: ReadonlySet<number>;
  /** Breaks its connections, and refuses others. */
  stop(): Promise<void>;
  /** Ends the server, with all its nodes. */
  close(): Promise<void>;
}

/** A server that is one node. */
export async function startNode(rules: readonly Rule[] = [], options: CqlServerOptions = {}): Promise<TestNode> {
  return (await start(rules, options))[0]!;
}

/** A cluster in which each node has its own rules. */
export async function startNodes(...rulesOfEach: readonly (readonly Rule[])[]): Promise<TestNode[]> {
  const hosts = rulesOfEach.map((_, i) => `127.0.0.${i + 1}`);
  const rules = rulesOfEach.flatMap((own, i) =>
    own.map(({ condition, reactions }) => new RuleOf(node(hosts[i]!).and(condition), reactions)),
  );
  return start(rules, { nodes: hosts.map((host) => ({ host })) });
}

async function start(rules: readonly Rule[], options: CqlServerOptions): Promise<TestNode[]> {
  const { value: server, stop: leave } = await run(cqlServer(rules, options));
  const all: CqlRequest[] = [];
  const controls = new Set<number>();
  server.requests.subscribe((request) => {
    all.push(request);
    if (request.opcode === 'REGISTER') controls.add(request.connection);
  });
  const isSystem = systemTables();
  const close = async (): Promise<void> => {
    await Promise.all(
      server.contactPoints.map((name) => lastValueFrom(server.stop(name), { defaultValue: undefined })),
    );
    leave();
  };
  return server.contactPoints.map((contactPoint) => {
    const requests = (): CqlRequest[] =>
      all.filter(({ node: name, connection }) => name === contactPoint && !controls.has(connection));
    return {
      server,
      contactPoint,
      port: server.port,
      get requests() {
        return requests().filter((request) => isSystem.test(request, undefined) === false);
      },
      get queries() {
        return this.requests.filter((request) => request.opcode === 'QUERY').map(({ cql }) => cql);
      },
      get connectionCount() {
        return new Set(requests().map(({ connection }) => connection)).size;
      },
      get controls() {
        return new Set(
          all
            .filter((request) => request.node === contactPoint && controls.has(request.connection))
            .map(({ connection }) => connection),
        );
      },
      stop: () => lastValueFrom(server.stop(contactPoint), { defaultValue: undefined }),
      close,
    };
  });
}

/** The queries of a user: those that the driver makes for itself are left to the server. */
export const userQuery: Condition = opcode('QUERY').and(systemTables().not());

/** A request that waits for the test to answer it. */
export interface Held {
  readonly request: CqlRequest;
  readonly answer: (response: CqlResponse) => void;
}

/** Keeps requests, in the order in which they come, until the test answers them. */
export function holding(condition: Condition): { rule: Rule; held: Held[] } {
  const held: Held[] = [];
  const rule = when(condition).reply((request) => {
    const answers = new Subject<CqlResponse>();
    held.push({ request, answer: (response) => answers.next(response) });
    return answers;
  });
  return { rule, held };
}

/** Rows of one text column `v`; executed, they take what `parameters` says. */
export function textRows(values: readonly (string | null)[], options: RowsOptions = {}): CqlResponse {
  return rows(
    { v: 'text' },
    values.map((value) => [value]),
    options,
  );
}

/** A statement with int parameters of the given names, the first of them the partition key. */
export function ints(...names: readonly string[]): ParameterOptions {
  return { parameters: names.map((name) => [name, 'int'] as const), partitionKey: names.slice(0, 1) };
}
