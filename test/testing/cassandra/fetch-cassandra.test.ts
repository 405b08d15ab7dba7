import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { forkJoin, lastValueFrom } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { cassandraCache, fetchCassandra } from '../../../src/testing/cassandra/fetch-cassandra.js';
import { scratch, writeScript } from './fake-java.js';

/** An environment whose `mvn` does what the shell script says; it finds the folder for the jars in `$jars`. */
function mavenThat(script: string): { env: NodeJS.ProcessEnv; cache: string; folder: string } {
  const root = scratch();
  writeScript(
    join(root, 'bin/mvn'),
    `for last; do :; done; jars=\${last#-DoutputDirectory=}; mkdir -p $jars\n${script}`,
  );
  const cache = join(root, 'cache');
  return {
    env: { PATH: `${join(root, 'bin')}:/usr/bin:/bin`, RXCQL_CASSANDRA_CACHE: cache },
    cache,
    folder: join(cache, 'cassandra-5.0.5'),
  };
}

const jar = 'echo jar > $jars/cassandra-all-5.0.5.jar';
const fetch = (env: NodeJS.ProcessEnv): Promise<string> => lastValueFrom(fetchCassandra('5.0.5', env));

/** The cache holds this and no half-made folder. */
async function expectCache(cache: string, names: readonly string[]): Promise<void> {
  await vi.waitFor(() => expect(readdirSync(cache)).toEqual(names));
}

describe('fetchCassandra', () => {
  it('has Maven fetch the jars, once', async () => {
    const { env, cache, folder } = mavenThat(`echo called >> $(dirname $0)/calls; ${jar}`);
    expect(await fetch(env)).toBe(folder);
    expect(await fetch(env)).toBe(folder);
    expect(readdirSync(folder)).toEqual(['cassandra-all-5.0.5.jar']);
    expect(readFileSync(join(env['PATH']!.split(':')[0]!, 'calls'), 'utf8')).toBe('called\n');
    await expectCache(cache, ['cassandra-5.0.5']);
  });

  it('may be done twice at once', async () => {
    const { env, cache, folder } = mavenThat(`${jar}; sleep 0.2`);
    const both = forkJoin([fetchCassandra('5.0.5', env), fetchCassandra('5.0.5', env)]);
    expect(await lastValueFrom(both)).toEqual([folder, folder]);
    await expectCache(cache, ['cassandra-5.0.5']);
  });

  it('leaves no half cache behind when it is interrupted', async () => {
    const { env, cache } = mavenThat(`${jar}; exec sleep 20`);
    const subscription = fetchCassandra('5.0.5', env).subscribe();
    await vi.waitFor(() => {
      const draft = readdirSync(cache)[0]!;
      expect(existsSync(join(cache, draft, 'jars/cassandra-all-5.0.5.jar'))).toBe(true);
    });
    subscription.unsubscribe();
    await expectCache(cache, []);
  });

  it('shows what Maven said last when it fails', async () => {
    const { env, cache } = mavenThat(
      `${jar}; seq 30; echo '[ERROR] repo.example: Unknown host' >&2; echo '[ERROR] Re-run Maven using -X.' >&2; exit 1`,
    );
    const error = await fetch(env).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_RXCQL_CASSANDRA_FETCH' });
    expect((error as Error).message).toMatch(
      /^Maven could not fetch Apache Cassandra 5\.0\.5 \(exit code 1\)\. What it said last:\n {2}22\n[^]* {2}30\n {2}\[ERROR\] repo\.example: Unknown host$/,
    );
    await expectCache(cache, []);
  });

  it('does not believe a Maven that brings nothing', async () => {
    const { env } = mavenThat('exit 0');
    await expect(fetch(env)).rejects.toMatchObject({ code: 'ERR_RXCQL_CASSANDRA_FETCH' });
  });

  it('says so when there is no Maven', async () => {
    const cache = scratch();
    await expect(fetch({ PATH: '', RXCQL_CASSANDRA_CACHE: cache })).rejects.toMatchObject({
      code: 'ERR_RXCQL_CONFIGURATION',
      message:
        `Apache Cassandra 5.0.5 is not in ${cache}/cassandra-5.0.5 yet, and Maven, which would fetch it, was not found on ` +
        'the PATH: install Maven (mvn), or use a Cassandra that is already running: connect() takes its address as ' +
        '"contactPoints", and the demo and the tests of rxcql take it from the variable CASSANDRA_CONTACT_POINTS.',
    });
  });

  it('needs no Maven for what is in the cache', async () => {
    const cache = scratch();
    mkdirSync(join(cache, 'cassandra-5.0.5'));
    expect(await fetch({ PATH: '', RXCQL_CASSANDRA_CACHE: cache })).toBe(join(cache, 'cassandra-5.0.5'));
  });
});

describe('cassandraCache', () => {
  it('is where caches are, unless a variable says otherwise', () => {
    expect(cassandraCache({})).toBe(join(homedir(), '.cache/rxcql'));
    expect(cassandraCache({ XDG_CACHE_HOME: '/xdg' })).toBe('/xdg/rxcql');
    expect(cassandraCache({ XDG_CACHE_HOME: '/xdg', RXCQL_CASSANDRA_CACHE: '/own' })).toBe('/own');
  });
});
