import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { PLAIN_ONLY } from './test/integration/plain-only.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `npm run test:secure` */
const isSecure = Boolean(process.env['RXCQL_TEST_SECURE']);

// By default one processor is left to Vitest itself, which hardly needs it: of two, one would be idle most of the time.
const maxWorkers = Math.max(2, availableParallelism() - 1);

/** Begins with what takes longest: were it among the last, all but one worker would wait for it. Otherwise large files go first. */
class LongestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(specifications);
    const isLongest = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('/test/fuzz/fuzz.test.ts');
    return [...sorted.filter(isLongest), ...sorted.filter((each) => !isLongest(each))];
  }
}

/** What measures the memory or the processor time of its process, and has one of its own for that. */
const MEASURED = ['etl/files/from-csv', 'etl/files/from-ndjson', 'session/cloud/cloud', 'session/shown-cql'].map(
  (name) => `test/${name}.test.ts`,
);

/** What replaces modules that others may have read before, and changes what these are to others. */
const MOCKING = readdirSync(at('test'), { encoding: 'utf8', recursive: true })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `test/${name}`)
  .filter((path) => /\bvi\.(mock|doMock|resetModules)\(/.test(readFileSync(at(path), 'utf8')));

/** What has projects of its own. */
const ELSEWHERE = ['test/integration/**', 'test/package/**', 'test/faults/**'];

/** What starts clusters of its own and has no bounds of time: two such files at a time use what one leaves idle. */
const CLUSTERS = ['cassandra', 'replicas', 'schema'].map((name) => `test/integration/${name}.test.ts`);

// `unit`, `isolated` and `faults` need nothing but Node; `package` packs and installs the tarball; `clusters` starts Cassandra, `integration` shares one.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^rxcql$/, replacement: at('src/index.ts') },
      { find: /^rxcql\/etl$/, replacement: at('src/etl/index.ts') },
      { find: /^rxcql\/etl\/bullmq$/, replacement: at('src/etl/bullmq/index.ts') },
      { find: /^rxcql\/testing$/, replacement: at('src/testing/index.ts') },
    ],
  },
  test: {
    // What a test is compared with is written only where that is asked for (--update), also outside CI.
    update: 'none',
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Threads take a quarter less of the processors than processes, and half of what is left if not each file reads all modules anew.
          pool: 'threads',
          isolate: false,
          maxWorkers,
          include: ['test/**/*.test.ts', 'marbles/**/*.marbles.ts', 'docs/examples/testing/with-vitest.ts'],
          exclude: [...ELSEWHERE, ...MEASURED, ...MOCKING],
        },
      },
      {
        extends: true,
        test: { name: 'isolated', maxWorkers, include: [...MEASURED, ...MOCKING], exclude: ELSEWHERE },
      },
      {
        extends: true,
        // One after another, and when all others are done: they measure time.
        test: {
          name: 'faults',
          sequence: { groupOrder: 2 },
          include: ['test/faults/**/*.test.ts'],
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: [
            ...CLUSTERS,
            ...(isSecure ? Object.keys(PLAIN_ONLY).map((name) => `test/integration/${name}`) : []),
          ],
          globalSetup: ['test/integration/cassandra.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'clusters',
          maxWorkers,
          // Not beside the unit tests, which have the processors to themselves.
          sequence: { groupOrder: 1 },
          include: CLUSTERS,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          maxWorkers,
          include: ['test/package/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
