import { inspect } from 'node:util';
import { config, lastValueFrom, type Observable, type Subscription } from 'rxjs';
import {
  createSession,
  exponentialReconnection,
  type LoadBalancingPolicy,
  type Page,
  type QueryOptions,
  type Session,
  type SessionOptions,
} from 'rxcql';
import { cqlServer, type CqlServer, type CqlServerOptions, type Rule } from 'rxcql/testing';
import { expect, it } from 'vitest';
import type { Connection } from '../../src/wire/connection.js';
import { run } from '../support/running.js';
import { isLong } from './long.js';
import { MachineTime } from './machine-time.js';
import { MemoryWatch } from './memory.js';
import { CANARY, CREDENTIALS, ECHO, READ, tokenAnswered, tokenAskedFor, UPSERT, WRITE } from './tokens.js';
import { pause } from './waiting.js';
import { isRunning, resources, watchConnections, watchProcess, watchServers, watchTimers } from './watching.js';

// What has to hold in every scenario, whatever fault it is about (O1 to O10; docs/reliability.md):
//
//  O1  each request is answered with its own token, or fails
//  O2  each ends exactly once, within its timeout and 250 ms
//  O3  rows are those of the server, none twice, none missing
//  O4  nothing is thrown that nobody catches
//  O5  memory stays within a bound
//  O6  a closed session leaves no socket, no timer and nothing in flight
//  O7  a write that must not be made twice is sent at most once
//  O8  nothing that is printed, and no error, holds a value, a row or a password
//  O9  when the fault is over, so are the failures: within twice the longest wait for a reconnection
//  O10 the event loop is never kept busy for long

/** How much memory a scenario may take, in MiB. */
const DEFAULT_MEMORY = 64;

/** The longest wait between two attempts to connect in a scenario's sessions. */
export const MAX_DELAY = 200;

export interface ScenarioOptions {
  /** How much memory the scenario may take beyond what there was, in MiB. Default: 64. */
  readonly memory?: number;
  /** How long the event loop may be kept busy, 99 times of 100: milliseconds. Default: 50. */
  readonly lag?: number;
  /** Of the test, in milliseconds. Default: 20 s. */
  readonly timeout?: number;
}

/** One request of a scenario, and what became of it. */
export interface Asked {
  readonly token: string;
  page: Page | undefined;
  error: (Error & Record<string, unknown>) | undefined;
  /** How long it took, in milliseconds. */
  took: number;
  /** When it has ended, with a page or an error. */
  readonly ended: Promise<Asked>;
  /** Stops waiting for it. */
  leave(): void;
}

/** A test of a fault: the body does what makes it happen, the oracles are asked whenever anything happens, and at the end. */
export function scenario(name: string, options: ScenarioOptions, body: (world: World) => Promise<void>): void {
  it(name, { timeout: isLong ? 0 : (options.timeout ?? 20_000) }, async () => {
    const world = new World(options);
    let isOver = false;
    try {
      await body(world);
      isOver = true;
    } finally {
      await world.end(isOver);
    }
  });
}

/** The servers, sessions and requests of one scenario, and the oracles. */
export class World {
  readonly time: MachineTime = new MachineTime();
  /** What the driver has warned of. */
  readonly warnings: string[] = [];
  /** The connections that have read anything, open or not. */
  readonly connections: Set<Connection> = new Set();

  /** Whether the server does what it is asked to, for O7. */
  isExecuted: () => boolean = () => true;

  private readonly options: ScenarioOptions;
  private readonly violations = new Set<string>();
  private readonly sessions = new Set<Session>();
  private readonly stops: (() => unknown)[] = [];
  /** The requests that have not ended. */
  private readonly open = new Set<Subscription>();
  /** All that nobody has left. */
  private readonly watched = new WeakSet<object>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly executions = new Map<string, number>();
  private readonly seen = new Set<string>();
  private readonly resourcesBefore = resources();
  private readonly memory: MemoryWatch;
  private tokens = 0;

  constructor(options: ScenarioOptions) {
    this.options = options;
    const { onStoppedNotification } = config;
    config.onStoppedNotification = ({ kind }, subscriber) => {
      if (this.watched.has(subscriber)) this.violate(`O2: a request has ended, and then there was a ${kind}.`);
    };
    this.stops.push(
      () => (config.onStoppedNotification = onStoppedNotification),
      watchProcess({
        onCrash: (error) => this.violate(`O4: ${inspect(error)}`),
        onWarning: (message) => this.warnings.push(message),
        onPrinted: (text) => this.checkPrinted(text),
      }),
      watchConnections(this.connections),
      watchServers(this.time),
      watchTimers(this.timers),
    );
    this.memory = new MemoryWatch(options.memory ?? DEFAULT_MEMORY);
    const sampling = setInterval(() => this.checkMemory(), 100).unref();
    this.stops.push(() => clearInterval(sampling));
    this.time.skip();
  }

  /** A server that asks for a password, and answers what no rule takes with its token. */
  async server(rules: readonly Rule[] = [], options: CqlServerOptions = {}): Promise<CqlServer> {
    const { value, stop } = await run(
      cqlServer([...rules, ...ECHO], { authentication: CREDENTIALS, replay: 0, ...options }),
    );
    this.stops.push(stop);
    value.requests.subscribe((request) => {
      if (request.opcode !== 'EXECUTE' || request.cql !== WRITE || !this.isExecuted()) return;
      const token = tokenAskedFor(request);
      const count = (this.executions.get(token) ?? 0) + 1;
      this.executions.set(token, count);
      if (count > 1) this.violate(`O7: a write that must not be made twice was sent ${count} times.`);
    });
    return value;
  }

  /** A session that is connected, to be closed at the end. */
  async session(server: { readonly contactPoint: string }, options: Partial<SessionOptions> = {}): Promise<Session> {
    const session = this.unconnected({ contactPoints: [server.contactPoint], ...options });
    await lastValueFrom(session.connect());
    return session;
  }

  unconnected(options: SessionOptions): Session {
    const session = createSession({
      auth: CREDENTIALS,
      schemaMetadata: false,
      reconnection: exponentialReconnection({ base: 20, max: MAX_DELAY }),
      ...options,
    });
    this.sessions.add(session);
    return session;
  }

  /** What is done at the end, whatever becomes of the scenario. */
  atEnd(action: () => unknown): void {
    this.stops.push(action);
  }

  newToken(): string {
    return `${CANARY}-${++this.tokens}`;
  }

  read(session: Session, options: QueryOptions = {}): Asked {
    const token = this.newToken();
    return this.ask(session.execute(READ, [token], options), token, options.timeout);
  }

  write(session: Session, options: QueryOptions = {}): Asked {
    const token = this.newToken();
    return this.ask(session.execute(WRITE, [token], options), token, options.timeout);
  }

  upsert(session: Session, options: QueryOptions = {}): Asked {
    const token = this.newToken();
    return this.ask(session.execute(UPSERT, [token], { idempotent: true, ...options }), token, options.timeout);
  }

  /** One of each kind, so that nothing has to be prepared any more. */
  async warmUp(session: Session): Promise<void> {
    await Promise.all([this.read(session).ended, this.write(session).ended, this.upsert(session).ended]);
  }

  /** Subscribes to a request, and watches over it. */
  ask(source: Observable<Page>, token: string, timeout = 12_000): Asked {
    const since = this.time.now();
    let settle!: (asked: Asked) => void;
    const ended = new Promise<Asked>((resolve) => (settle = resolve));
    const asked: Asked = { token, page: undefined, error: undefined, took: 0, ended, leave: () => this.leave(waiting) };
    const end = (): void => {
      asked.took = this.time.now() - since;
      if (asked.took > timeout + 250)
        this.violate(`O2: a request with a timeout of ${timeout} ms took ${asked.took} ms.`);
      if (asked.page === undefined && asked.error === undefined) this.violate('O2: a request completed with nothing.');
      this.open.delete(waiting);
      settle(asked);
    };
    const waiting: Subscription = source.subscribe({
      next: (page) => {
        if (asked.page !== undefined) this.violate('O2: a request emitted two pages.');
        asked.page = page;
        const answer = tokenAnswered(page);
        if (answer !== token) this.violate('O1: a request was answered with the token of another.');
      },
      error: (error: Error & Record<string, unknown>) => {
        asked.error = error;
        this.checkError(error);
        // It may be thrown before there is a subscription.
        queueMicrotask(end);
      },
      complete: () => queueMicrotask(end),
    });
    this.watched.add(waiting);
    if (asked.page === undefined && asked.error === undefined) this.open.add(waiting);
    return asked;
  }

  /** Now everything is as it should be: from twice the longest wait on, everything succeeds. */
  async recovers(ask: () => Asked): Promise<void> {
    const since = this.time.now();
    while ((await ask().ended).error !== undefined) {
      if (this.time.now() - since > 2 * MAX_DELAY) break;
      await pause(10);
    }
    const all = await Promise.all(Array.from({ length: 100 }, () => ask().ended));
    for (const { error } of all)
      if (error !== undefined) this.violate(`O9: a request failed afterwards: ${error.message}`);
  }

  violate(what: string): void {
    this.violations.add(what);
  }

  /** Leaves everything; if the scenario has come to its end, asks the oracles. */
  async end(isOver: boolean): Promise<void> {
    this.time.stop();
    const lag = this.time.p99;
    const { memory = DEFAULT_MEMORY, lag: maxLag = 50 } = this.options;
    if (lag > maxLag) this.violate(`O10: the event loop was kept busy for ${lag.toFixed(0)} ms.`);
    this.checkMemory();
    if (this.open.size > 0) this.violate(`O2: ${this.open.size} requests have not ended.`);
    if (!isOver) for (const waiting of this.open) waiting.unsubscribe();
    await Promise.all([...this.sessions].map((session) => lastValueFrom(session.close())));
    for (const connection of this.connections) {
      if (connection.isOpen || connection.inFlight > 0) this.violate('O6: a connection outlives its session.');
    }
    await pause(0); // what was thrown in this turn
    for (const stop of this.stops.reverse()) await stop();
    if (!isOver) return;
    if (this.memory.peak > memory) this.violate(`O5: ${this.memory.peak.toFixed(0)} MiB were in use.`);
    for (let i = 0; i < 50 && this.leftOver().length > 0; i++) await pause(20);
    if (this.leftOver().length > 0) this.violate(`O6: what is left: ${this.leftOver().join()}.`);
    if (this.violations.size > 0) expect.fail([...this.violations].slice(0, 20).join('\n'));
  }

  /** Timers, and the resources that there are more of than before. */
  private leftOver(): string[] {
    const left = resources();
    for (const name of this.resourcesBefore) if (left.includes(name)) left.splice(left.indexOf(name), 1);
    return [...left, ...[...this.timers].filter(isRunning).map(() => 'Timeout')];
  }

  private leave(waiting: Subscription): void {
    waiting.unsubscribe();
    this.watched.delete(waiting);
    this.open.delete(waiting);
  }

  private checkMemory(): void {
    if (this.memory.look()) this.time.skip();
  }

  /** An error is looked at in every way in which it may be printed; of those that say the same, one. */
  private checkError(error: Error): void {
    const key = `${error.name} ${error.message}`;
    if (this.seen.has(key) || this.seen.size > 1_000) return;
    this.seen.add(key);
    const { stack, cause } = error;
    const dump = [inspect(error, { depth: 8 }), JSON.stringify(error), error.message, stack, inspect(cause)].join('\n');
    this.checkPrinted(dump);
    if (typeof (error as { code?: unknown }).code !== 'string')
      this.violate(`An error without a code: ${error.message}`);
  }

  private checkPrinted(text: string): void {
    if (text.includes(CANARY)) this.violate(`O8: a value or a password is in: ${text.slice(0, 500)}`);
  }
}

/** Asks the nodes in the order of their addresses. */
export const inOrder: LoadBalancingPolicy = ({ topology }) =>
  [...topology.nodes].sort((a, b) => a.address.localeCompare(b.address));
