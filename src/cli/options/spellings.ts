import { unknownName } from '../../check.js';
import { ConfigurationError } from '../../errors.js';
import { type CliOption, kebab, nameOf, takesValue } from './cli-option.js';

/** What the bulk loader that people know calls otherwise than we do; what differs only in its capitals is not in here. */
const ALSO: Readonly<Record<string, string>> = {
  delim: 'delimiter',
  cl: 'consistency',
  dc: 'local-dc',
  'max-concurrent-queries': 'concurrency',
  'max-per-second': 'rate',
  'skip-records': 'skip',
  'max-records': 'limit',
  'null-strings': 'null',
  'connector.name': 'format',
  'connector.csv.url': 'url',
  'connector.json.url': 'url',
  'connector.csv.delimiter': 'delimiter',
  'connector.csv.header': 'header',
  'connector.csv.quote': 'quote',
  'connector.csv.escape': 'escape',
  'connector.csv.comment': 'comment',
  'connector.csv.skip-records': 'skip',
  'connector.json.skip-records': 'skip',
  'connector.csv.max-records': 'limit',
  'connector.json.max-records': 'limit',
  'codec.null-strings': 'null',
  'schema.keyspace': 'keyspace',
  'schema.table': 'table',
  'schema.query': 'query',
  'schema.mapping': 'mapping',
  'schema.splits': 'splits',
  'engine.dry-run': 'dry-run',
  'engine.max-concurrent-queries': 'concurrency',
  'executor.max-per-second': 'rate',
  'log.max-errors': 'max-errors',
  'driver.basic.contact-points': 'host',
  'driver.basic.default-port': 'port',
  'driver.basic.request.consistency': 'consistency',
  'driver.basic.load-balancing-policy.local-datacenter': 'local-dc',
  'driver.basic.cloud.secure-connect-bundle': 'bundle',
  'driver.advanced.auth-provider.username': 'username',
  'driver.advanced.auth-provider.password': 'password',
};

/**
 * Arguments as POSIX has them: `-maxErrors 5` is `--max-errors 5`, `-header false` is `--no-header`. To a POSIX parser the first would be `-m` with
 * the value `axErrors`, so that a word behind one dash that nobody knows is an error here and not left to it.
 *
 * @throws ConfigurationError
 */
export function posixArguments(args: readonly string[], options: readonly CliOption[]): string[] {
  const known = new Map(options.map((option) => [nameOf(option), option]));
  const short = new Map(options.flatMap((option) => {
    const letter = /^-(\w),/.exec(option.flags)?.[1];
    return letter === undefined ? [] : [[letter, option] as const];
  })); // prettier-ignore
  const posix: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') return [...posix, ...args.slice(i)];
    const [, dashes, word, equals, glued] = /^(--?)([A-Za-z][\w.-]*)(?:(=)(.*))?$/s.exec(arg) ?? [];
    if (dashes === undefined || word === undefined) {
      posix.push(arg);
      continue;
    }
    const name = nameIn(word, dashes, known);
    const option = word.length === 1 && dashes === '-' ? short.get(word) : known.get(name);
    if (option === undefined) {
      posix.push(equals === undefined ? `${dashes}${word}` : `${dashes}${word}=${glued!}`);
      continue;
    }
    const long = nameOf(option);
    if (takesValue(option)) {
      posix.push(`--${long}`);
      if (equals !== undefined) posix.push(`${posix.pop()!}=${glued!}`);
      // Whatever it is: a value may begin with a dash.
      else if (i + 1 < args.length) posix.push(args[++i]!);
      continue;
    }
    const isNegated = word !== long && kebab(word) === `no-${long}`;
    const said = equals === undefined && /^(true|false)$/.test(args[i + 1] ?? '') ? args[++i] : glued;
    if (isNegated || said === 'false') posix.push(`--no-${long}`);
    else posix.push(`--${long}`);
  }
  return posix;
}

function nameIn(word: string, dashes: string, known: ReadonlyMap<string, CliOption>): string {
  const plain = kebab(word.replace(/^datastax-java-driver\./, 'driver.'));
  const name = Object.hasOwn(ALSO, plain) ? ALSO[plain]! : plain;
  const bare = name.replace(/^no-/, '');
  if (known.has(name)) return name;
  if (known.has(bare) && !takesValue(known.get(bare)!)) return bare;
  if (dashes === '-' && word.length > 1) {
    throw new ConfigurationError(unknownName(`There is no option "-${word}".`, name, [...known.keys()]));
  }
  return name;
}
