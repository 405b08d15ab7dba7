import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors.js';
import { findJava, javaVersions } from '../../../src/testing/cassandra/java.js';
import { javaHome, scratch, writeScript } from './fake-java.js';

const folder = scratch();
const java11 = javaHome(join(folder, 'java11'), '11.0.22');
const java17 = javaHome(join(folder, 'java17'), '17.0.1');
const java25 = javaHome(join(folder, 'java25'), '25');
const java8 = javaHome(join(folder, 'java8'), '1.8.0_392');
const path = (home: string): string => join(home, 'bin');

const find = (env: NodeJS.ProcessEnv, homes: readonly string[] = [], version = '5.0.5'): Promise<string> =>
  lastValueFrom(findJava(version, env, () => homes));

describe('findJava', () => {
  it('takes the first that fits: the variables, the PATH, the usual folders', async () => {
    const all = { CASSANDRA_JAVA_HOME: java17, JAVA_HOME: java11, PATH: path(java11) };
    expect(await find(all)).toBe(join(java17, 'bin/java'));
    expect(await find({ ...all, CASSANDRA_JAVA_HOME: java25 })).toBe(join(java11, 'bin/java'));
    expect(await find({ JAVA_HOME: java25, PATH: path(java17) }, [java11])).toBe('java');
    expect(await find({ JAVA_HOME: java25, PATH: path(java8) }, [java25, java17])).toBe(join(java17, 'bin/java'));
  });

  it('passes over a variable that leads nowhere and a folder without a Java', async () => {
    const env = { CASSANDRA_JAVA_HOME: join(folder, 'missing'), JAVA_HOME: '', PATH: '' };
    expect(await find(env, [join(folder, 'empty'), java11])).toBe(join(java11, 'bin/java'));
  });

  it('passes over a java that only says how to install one', async () => {
    const stub = join(folder, 'stub');
    writeScript(join(stub, 'bin/java'), 'echo "Unable to locate a Java Runtime." >&2; exit 1');
    expect(await find({ PATH: path(stub) }, [java17])).toBe(join(java17, 'bin/java'));
  });

  it('does not run a Java 11 program with Java 17', async () => {
    expect(javaVersions('5.0.5')).toEqual([11, 17]);
    expect(javaVersions('4.1.7')).toEqual([11]);
    expect(await find({ PATH: path(java17) }, [java11], '4.1.7')).toBe(join(java11, 'bin/java'));
  });

  it('says what was found, what is needed, and what else can be done', async () => {
    const error = await find({ JAVA_HOME: java25, PATH: path(java8) }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as Error).message).toBe(
      `Apache Cassandra 5.0.5 needs Java 11 or 17, which was not found (${java25}/bin/java is version 25, java is version ` +
        '8): install it and set JAVA_HOME to its folder, or use a Cassandra that is already running: connect() takes its ' +
        'address as "contactPoints", and the demo and the tests of rxcql take it from the variable CASSANDRA_CONTACT_POINTS.',
    );
    await expect(find({ PATH: '' })).rejects.toThrow('which was not found (there is no Java here): install it');
  });
});
