import { Observable } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import { type Condition, conditionOf, type RequestPredicate } from './condition.js';
import { parseMarbles } from './marble-script.js';
import type { CqlRequest } from './request.js';
import { CqlResponse } from './response.js';

/** What answers a request: a response, one that comes later or several of them, or what makes these of the request. */
export type Reply =
  CqlResponse | Observable<CqlResponse> | ((request: CqlRequest) => CqlResponse | Observable<CqlResponse>);

/** How a connection ends: in order, by FIN, or by a reset, so that the other side gets an error. */
export type Disconnection = 'end' | 'reset';

/** Something that a rule does, one after another. */
export type Step =
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'reply'; readonly moments: readonly ReplyMoment[] }
  | { readonly kind: 'bytes'; readonly bytes: (request: CqlRequest) => Uint8Array }
  | { readonly kind: 'disconnect'; readonly how: Disconnection }
  | { readonly kind: 'halfOpen' }
  | { readonly kind: 'drop' };

/** What is said at a time, in milliseconds. */
export interface ReplyMoment {
  readonly at: number;
  readonly replies: readonly (Reply | Disconnection)[];
}

/** What becomes of the bytes of answers on their way out. */
export interface Treatment {
  readonly transforms: readonly ((bytes: Buffer) => Uint8Array)[];
  readonly chunkSize: number | undefined;
  readonly isUnsegmented: boolean;
}

/** Whether bytes leave as they are. */
export function isPlain({ transforms, chunkSize, isUnsegmented }: Treatment): boolean {
  return transforms.length === 0 && chunkSize === undefined && !isUnsegmented;
}

/** What a rule does with one request. */
export interface Reaction {
  readonly steps: readonly Step[];
  readonly treatment: Treatment;
}

/** What is answered as it would be without a rule. */
export const NOTHING: Reaction = {
  steps: [],
  treatment: { transforms: [], chunkSize: undefined, isUnsegmented: false },
};

/**
 * What a server does with requests that a condition lets through. Made by {@link when}; every method gives another rule, in
 * which what was said is done in order: `.reply(…).delay(50).disconnect()`.
 *
 * A rule that only delays, or only says what becomes of the bytes, leaves the answer itself to the server, also before it
 * ends the connection: `.truncate(4).disconnect()`.
 */
export class Rule {
  /** @internal */
  readonly condition: Condition;
  /** @internal What is done the first time, the second, and from the last on always. */
  readonly reactions: readonly Reaction[];

  /** @internal */
  constructor(condition: Condition, reactions: readonly Reaction[]) {
    this.condition = condition;
    this.reactions = reactions;
  }

  /**
   * Answers: with a response, what a function makes of the request, or what an Observable emits, whenever it does. A function
   * that throws answers with a ServerError that says so.
   */
  reply(reply: Reply): Rule;
  /**
   * Answers by a marble diagram, of which a character is a millisecond: `.reply('--(r|)', { r: rows(…) })`. What comes
   * together, in brackets, leaves in one piece, on v5 in one segment; `#` resets the connection.
   */
  reply(marbles: string, replies: Readonly<Record<string, Reply>>): Rule;
  reply(reply: Reply | string, replies: Readonly<Record<string, Reply>> = {}): Rule {
    if (typeof reply === 'string') return this.step({ kind: 'reply', moments: momentsOf(reply, replies) });
    return this.step({ kind: 'reply', moments: [{ at: 0, replies: [checkReply(reply)] }] });
  }

  /** Does what follows later, in milliseconds. */
  delay(milliseconds: number): Rule {
    if (!(milliseconds >= 0 && milliseconds < 2 ** 31)) throw new ConfigurationError('delay() takes milliseconds.');
    return this.step({ kind: 'delay', milliseconds });
  }

  /** Never answers. */
  drop(): Rule {
    return this.step({ kind: 'drop' });
  }

  /** Ends the connection: in order (`'end'`, a FIN, the default), or by a `'reset'`. */
  disconnect(how: Disconnection = 'end'): Rule {
    if (!['end', 'reset'].includes(how))
      throw new ConfigurationError(`disconnect() takes "end" or "reset", not "${how}".`);
    return this.step({ kind: 'disconnect', how });
  }

  /**
   * The connection stays open, but from now on the server neither reads from it nor writes to it, as if the network was gone.
   */
  halfOpen(): Rule {
    return this.step({ kind: 'halfOpen' });
  }

  /** Writes bytes as they are: no envelope, no segment. */
  bytes(raw: Uint8Array | ((request: CqlRequest) => Uint8Array)): Rule {
    if (typeof raw !== 'function' && !((raw as unknown) instanceof Uint8Array)) {
      throw new ConfigurationError('bytes() takes a Uint8Array, or a function that makes one of the request.');
    }
    return this.step({ kind: 'bytes', bytes: typeof raw === 'function' ? raw : () => raw });
  }

  /** Of each answer only the first `length` bytes are sent: a negative length leaves out the last ones. */
  truncate(length: number): Rule {
    return this.transform((bytes) => bytes.subarray(0, length < 0 ? Math.max(0, bytes.length + length) : length));
  }

  /** Sends something else than the bytes of an answer, which is given framed: a flipped bit, a part left out. */
  transform(project: (bytes: Buffer) => Uint8Array): Rule {
    return this.treat((treatment) => ({ ...treatment, transforms: [...treatment.transforms, project] }));
  }

  /** Sends answers in pieces of `size` bytes. On TCP there is about a millisecond between them. */
  chunked(size: number): Rule {
    if (!Number.isInteger(size) || size < 1)
      throw new ConfigurationError('chunked() takes a number of bytes, at least 1.');
    return this.treat((treatment) => ({ ...treatment, chunkSize: size }));
  }

  /** Sends answers in bare envelopes, also where v5 wants segments: some servers do. */
  unsegmented(): Rule {
    return this.treat((treatment) => ({ ...treatment, isUnsegmented: true }));
  }

  /**
   * What is said from here on is for the request after: `.reply(error('Overloaded')).afterwards().reply(rows(…))` answers the
   * first so, and all others otherwise.
   */
  afterwards(): Rule {
    return new Rule(this.condition, [...this.reactions, NOTHING]);
  }

  private step(step: Step): Rule {
    return this.change((reaction) => ({ ...reaction, steps: [...reaction.steps, step] }));
  }

  private treat(project: (treatment: Treatment) => Treatment): Rule {
    return this.change((reaction) => ({ ...reaction, treatment: project(reaction.treatment) }));
  }

  private change(project: (reaction: Reaction) => Reaction): Rule {
    return new Rule(this.condition, [...this.reactions.slice(0, -1), project(this.reactions.at(-1)!)]);
  }
}

/**
 * Begins a rule: what to do with the requests that a condition lets through. Of several rules the first that fits counts;
 * what no rule fits is answered as a Cassandra without data would.
 *
 * @throws ConfigurationError for what is no condition.
 *
 * @example
 * ```ts
 * const rules = [
 *   when(opcode('EXECUTE').and(times(1))).reply(error('Overloaded')),
 *   when(cql(/^SELECT name/)).delay(20).reply(rows({ name: 'text' }, [['Ada']])),
 *   when(connection(2)).disconnect('reset'),
 * ];
 * ```
 */
export function when(condition: Condition | RequestPredicate): Rule {
  return new Rule(conditionOf(condition), [NOTHING]);
}

function checkReply(reply: Reply): Reply {
  if (reply instanceof CqlResponse || reply instanceof Observable || typeof reply === 'function') return reply;
  throw new ConfigurationError(
    'reply() takes what rows(), error() and the like make, an Observable or a function of it.',
  );
}

function momentsOf(diagram: string, replies: Readonly<Record<string, Reply>>): ReplyMoment[] {
  return parseMarbles(diagram).map(({ at, marbles }) => ({
    at,
    replies: marbles
      .filter((marble) => marble !== '|')
      .map((marble) => {
        if (marble === '#') return 'reset';
        if (!Object.hasOwn(replies, marble)) {
          throw new ConfigurationError(
            `The marble diagram "${diagram}" has "${marble}", for which no response is given.`,
          );
        }
        return checkReply(replies[marble]!);
      }),
  }));
}
