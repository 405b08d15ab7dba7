import { defer, type Observable, ReplaySubject, takeUntil } from 'rxjs';
import type { Compression } from '../../codec/compression.js';
import type { ProtocolVersion } from '../../codec/envelope.js';
import { ConfigurationError } from '../../errors.js';
import { defaultAnswer } from './default-answer.js';
import { error } from './error-response.js';
import { react } from './react.js';
import type { CqlRequest } from './request.js';
import type { CqlResponse } from './response.js';
import { type Disconnection, NOTHING, type Reaction, Rule } from './rule.js';
import { type ConnectionHost, ServedConnection, type Transport } from './served-connection.js';
import { isNamed, nodeAt } from './server-node.js';
import { ServerStatements } from './server-statement.js';
import type { ServerSettings } from './server-options.js';

/** What a test can do with a server, whatever carries its bytes. */
export interface ServerHandle {
  /**
   * What is asked, as it comes, from all connections, and before it is answered. Who subscribes later gets what came before
   * (`replay` bounds how much), so that nothing is lost. Completes with the server.
   */
  readonly requests: Observable<CqlRequest>;
  /** How many connections there are. */
  readonly connections: number;
  /** How many there have been. */
  readonly accepted: number;
  /** Says an event to all connections that have registered for its type. */
  push(event: CqlResponse): void;
  /**
   * Ends a connection by its number, those to a node by its address (`'127.0.0.2'`, `'127.0.0.2:9042'`), or all: in order
   * (`'end'`, the default), or by a `'reset'`.
   */
  disconnect(which?: number | string, how?: Disconnection): void;
  /** Forgets what was prepared, as a node that starts again. */
  forgetStatements(): void;
}

/** Acts by rules: counts for them, knows the connections and what was prepared. One for each server. */
export class RuleServer implements ConnectionHost, ServerHandle {
  readonly compression: Compression | undefined;
  readonly statements: ServerStatements = new ServerStatements();
  readonly requests: Observable<CqlRequest>;

  private readonly settings: ServerSettings;
  private readonly rules: readonly { readonly rule: Rule; seen: number; used: number }[];
  private readonly received: ReplaySubject<CqlRequest>;
  private readonly open = new Map<number, ServedConnection>();
  private count = 0;

  /** @throws ConfigurationError for what is no rule. */
  constructor(rules: readonly Rule[], settings: ServerSettings) {
    checkRules(rules);
    this.rules = rules.map((rule) => ({ rule, seen: 0, used: 0 }));
    this.settings = settings;
    this.compression = settings.compression;
    this.received = new ReplaySubject(settings.replay);
    this.requests = this.received.asObservable();
  }

  get connections(): number {
    return this.open.size;
  }

  get accepted(): number {
    return this.count;
  }

  versionsOf(node: string): readonly ProtocolVersion[] {
    return nodeAt(this.settings.nodes, node).protocolVersions;
  }

  /** Takes a connection to a node. */
  accept(node: string, transport: Transport): ServedConnection {
    const connection = new ServedConnection(++this.count, node, this, transport);
    this.open.set(connection.number, connection);
    connection.closed.subscribe(() => this.open.delete(connection.number));
    return connection;
  }

  receive(request: CqlRequest, connection: ServedConnection): void {
    this.received.next(request);
    const asUsual = (): CqlResponse => defaultAnswer(request, connection, this.settings);
    defer(() => react(this.reactionTo(request), request, connection, asUsual))
      .pipe(takeUntil(connection.closed))
      .subscribe({
        // What goes wrong in a function of a test must be seen by the test: it is what is answered.
        error: (reason: unknown) => {
          const why = reason instanceof Error ? reason.message : String(reason);
          const message = `A rule of the test failed on ${request.opcode}: ${why}`;
          connection.answer(error('ServerError', { message }), request);
        },
      });
  }

  push(event: CqlResponse): void {
    for (const connection of this.open.values()) connection.push(event);
  }

  disconnect(which?: number | string, how: Disconnection = 'end'): void {
    for (const connection of [...this.open.values()]) {
      const { number, node } = connection;
      const isMeant = which === undefined || (typeof which === 'number' ? number === which : isNamed(node, which));
      if (isMeant) connection.disconnect(how);
    }
  }

  forgetStatements(): void {
    this.statements.clear();
  }

  /** Nothing more comes. */
  stop(): void {
    for (const connection of [...this.open.values()]) connection.close();
    this.received.complete();
  }

  /** What the first rule that fits does; without one, nothing but the default answer. */
  private reactionTo(request: CqlRequest): Reaction {
    for (const state of this.rules) {
      const { condition, reactions } = state.rule;
      const verdict = condition.test(request, undefined);
      if (verdict === false) continue;
      state.seen++;
      if (verdict ?? condition.test(request, state.seen) === true) {
        return reactions[Math.min(state.used++, reactions.length - 1)]!;
      }
    }
    return NOTHING;
  }
}

/** @throws ConfigurationError for what is no rule. */
export function checkRules(rules: readonly Rule[]): void {
  if (Array.isArray(rules) && rules.every((rule) => rule instanceof Rule)) return;
  throw new ConfigurationError('A server takes a list of rules, each made by when(…), and its options behind that.');
}
