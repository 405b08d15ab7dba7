import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/commands.js';
import { posixArguments } from '../../src/cli/options/spellings.js';

const options = COMMANDS.flatMap((command) => command.options);
const posix = (...args: string[]): string[] => posixArguments(args, options);

describe('posixArguments()', () => {
  it.each<[string[], string[]]>([
    [
      ['count', '-k', 'ks', '-t', 't'],
      ['count', '--keyspace', 'ks', '--table', 't'],
    ],
    [
      ['-maxErrors', '5'],
      ['--max-errors', '5'],
    ],
    [['--maxErrors=5'], ['--max-errors=5']],
    [
      ['-cl', 'ONE'],
      ['--consistency', 'ONE'],
    ],
    [
      ['-maxConcurrentQueries', '8'],
      ['--concurrency', '8'],
    ],
    [['-dryRun'], ['--dry-run']],
    [
      ['-dryRun', 'true', '-k', 'x'],
      ['--dry-run', '--keyspace', 'x'],
    ],
    [['-dryRun', 'false'], ['--no-dry-run']],
    [['--dry-run=false'], ['--no-dry-run']],
    [
      ['--schema.keyspace', 'ks', '--schema.table=t'],
      ['--keyspace', 'ks', '--table=t'],
    ],
    [
      ['--datastax-java-driver.basic.contact-points', '["a","b"]'],
      ['--host', '["a","b"]'],
    ],
    [
      ['-h', '10.0.0.1'],
      ['--host', '10.0.0.1'],
    ],
    // Whatever stands where a value has to be is one.
    [
      ['-p', '-secret'],
      ['--password', '-secret'],
    ],
    [
      ['-p', '-k'],
      ['--password', '-k'],
    ],
    [
      ['--max-errors', '-1'],
      ['--max-errors', '-1'],
    ],
    [
      ['--', '-foo', '-k'],
      ['--', '-foo', '-k'],
    ],
    [
      ['query', 'SELECT -1'],
      ['query', 'SELECT -1'],
    ],
    [['--help'], ['--help']],
    [['-k'], ['--keyspace']],
  ])('%j', (args, expected) => {
    expect(posix(...args)).toEqual(expected);
  });

  it('refuses a word behind one dash that nobody knows, which POSIX would take for a letter and its value', () => {
    expect(() => posix('-maxErors', '5')).toThrow('There is no option "-maxErors". Did you mean "max-errors"?');
    expect(() => posix('-tables', 't')).toThrow('Did you mean "table"?');
  });
});
