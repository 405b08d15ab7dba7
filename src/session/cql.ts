import { quoteIdentifier } from '../codec/type.js';
import { BindError } from '../errors.js';
import type { Params } from './bind.js';

/** A statement with the values for its markers. The tag {@link cql} makes them. */
export interface BoundStatement {
  readonly cql: string;
  readonly params: Params;
}

/** A quoted name, to stand in a statement. Made by {@link ident}. */
export class Identifier {
  private readonly quoted: string;

  /** @internal */
  constructor(quoted: string) {
    this.quoted = quoted;
  }

  toString(): string {
    return this.quoted;
  }
}

/** Longer names the protocol cannot carry; Cassandra's own are far shorter. */
const MAX_IDENTIFIER = 65_535;

/**
 * Quotes a name of a keyspace, table or column, exactly as it is stored: `ident('Users')` is `"Users"`. For names that are
 * known only at run time; whatever they hold, they stay names.
 *
 * @throws BindError if it is not a string, is empty, too long, or holds a NUL.
 *
 * @example
 * ```ts
 * session.query(cql`SELECT * FROM ${ident(table)} WHERE id = ${id}`);
 * ```
 */
export function ident(name: string): Identifier {
  if (typeof name !== 'string' || name === '' || name.length > MAX_IDENTIFIER || name.includes('\0')) {
    throw new BindError('An identifier must be a string that is not empty, is not too long, and holds no NUL.');
  }
  return new Identifier(quoteIdentifier(name));
}

/** The text of templates without identifiers: the same array of strings comes from the same place in a program. */
const texts = new WeakMap<TemplateStringsArray, string>();

/**
 * Builds a statement of which every value becomes a bound parameter, never text: what is in a value cannot change what the
 * statement does. Only what {@link ident} made becomes text.
 *
 * @example
 * ```ts
 * session.execute(cql`INSERT INTO users (id, name) VALUES (${id}, ${name})`);
 * ```
 */
export function cql(strings: TemplateStringsArray, ...values: readonly unknown[]): BoundStatement {
  if (!values.some((value) => value instanceof Identifier)) {
    let text = texts.get(strings);
    if (text === undefined) texts.set(strings, (text = strings.join('?')));
    return { cql: text, params: values };
  }
  let text = strings[0]!;
  const params: unknown[] = [];
  for (const [i, value] of values.entries()) {
    if (value instanceof Identifier) {
      text += value.toString();
    } else {
      text += '?';
      params.push(value);
    }
    text += strings[i + 1]!;
  }
  return { cql: text, params };
}
