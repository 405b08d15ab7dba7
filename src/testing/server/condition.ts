import { ConfigurationError } from '../../errors.js';
import type { CqlRequest, RequestOpcode } from './request.js';
import { isNamed } from './server-node.js';

/** Whether a request is meant. */
export type RequestPredicate = (request: CqlRequest) => boolean;

/** Undefined: it depends on how often it was asked, which is not known yet. */
type Verdict = boolean | undefined;

/**
 * Which requests a rule is for: made by `opcode()`, `cql()`, `connection()`, `times()`, or a function. They are combined by
 * {@link and}, {@link or} and {@link not}.
 */
export class Condition {
  readonly #test: (request: CqlRequest, turn: number | undefined) => Verdict;

  /** @internal */
  constructor(test: (request: CqlRequest, turn: number | undefined) => Verdict) {
    this.#test = test;
  }

  /** Both. */
  and(other: Condition | RequestPredicate): Condition {
    const second = conditionOf(other);
    return new Condition((request, turn) => {
      const one = this.test(request, turn);
      const two = one === false ? false : second.test(request, turn);
      return one === false || two === false ? false : one === undefined || two === undefined ? undefined : true;
    });
  }

  /** One of the two, or both. */
  or(other: Condition | RequestPredicate): Condition {
    const second = conditionOf(other);
    return new Condition((request, turn) => {
      const one = this.test(request, turn);
      const two = one === true ? true : second.test(request, turn);
      return one === true || two === true ? true : one === undefined || two === undefined ? undefined : false;
    });
  }

  /** All others. */
  not(): Condition {
    return new Condition((request, turn) => {
      const verdict = this.test(request, turn);
      return verdict === undefined ? undefined : !verdict;
    });
  }

  /** @internal @param turn The how manieth request this is of those that everything but {@link times} lets through. */
  test(request: CqlRequest, turn: number | undefined): Verdict {
    return this.#test(request, turn);
  }
}

/** @throws ConfigurationError if it is neither a condition nor a function. */
export function conditionOf(condition: Condition | RequestPredicate): Condition {
  if (condition instanceof Condition) return condition;
  if (typeof condition === 'function') {
    // A condition with times() is tested twice; a function that counts must not notice.
    const verdicts = new WeakMap<CqlRequest, boolean>();
    return new Condition((request) => {
      const verdict = verdicts.get(request) ?? condition(request);
      verdicts.set(request, verdict);
      return verdict;
    });
  }
  throw new ConfigurationError('A condition is opcode(), cql(), connection(), times(), or a function of the request.');
}

const OPCODES: readonly RequestOpcode[] = [
  'STARTUP',
  'OPTIONS',
  'QUERY',
  'PREPARE',
  'EXECUTE',
  'REGISTER',
  'BATCH',
  'AUTH_RESPONSE',
];

/** Requests of a kind: `opcode('EXECUTE')`, or of one of several. @throws ConfigurationError for one that there is not. */
export function opcode(...names: readonly RequestOpcode[]): Condition {
  const stray = names.find((name) => !OPCODES.includes(name));
  if (stray !== undefined || names.length === 0) {
    throw new ConfigurationError(`opcode() takes requests, ${OPCODES.join(', ')}, not ${stray ?? 'nothing'}.`);
  }
  return new Condition((request) => names.includes(request.opcode));
}

/**
 * Requests by the text of their statement: equal to a text, where only the number of spaces may differ, or matching an
 * expression. QUERY, PREPARE, EXECUTE of what the server has prepared, and BATCH by any of its statements.
 */
export function cql(text: string | RegExp): Condition {
  const matches =
    text instanceof RegExp
      ? (statement: string) => new RegExp(text.source, text.flags.replace(/[gy]/g, '')).test(statement)
      : (statement: string) => withoutSpaces(statement) === withoutSpaces(text);
  return new Condition((request) =>
    [request, ...(request.statements ?? [])].some(
      ({ cql: statement }) => statement !== undefined && matches(statement),
    ),
  );
}

/** Spaces say nothing, nor does a semicolon at the end. */
function withoutSpaces(text: string): string {
  return text.trim().replace(/\s+/g, ' ').replace(/ ?;$/, '');
}

/**
 * Requests of system tables, which drivers read to find their way. A rule for all queries takes these too, and what gets no
 * answer to them does not connect: `when(opcode('QUERY').and(systemTables().not())).drop()` leaves them to the server.
 */
export function systemTables(): Condition {
  return cql(/\bFROM\s+"?system(?:_\w+)?"?\s*\./i);
}

/** Requests of one connection: 1 is the first that was made to the server. */
export function connection(number: number): Condition {
  if (!Number.isInteger(number) || number < 1) throw new ConfigurationError('Connections are counted from 1 on.');
  return new Condition((request) => request.connection === number);
}

/** Requests to one node of a server that has several: by its address, with the port or without. */
export function node(address: string): Condition {
  return new Condition((request) => isNamed(request.node, address));
}

/**
 * The first `count` requests of those that the rest of the condition lets through, and that no rule before has taken. Each
 * server counts for itself. `times(2).not()` is all but the first two.
 */
export function times(count: number): Condition {
  if (!Number.isInteger(count) || count < 0) throw new ConfigurationError('times() takes a whole number.');
  return new Condition((_, turn) => (turn === undefined ? undefined : turn <= count));
}
