import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { PLAIN_ONLY } from './test/integration/plain-only.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `npm run test:secure` */
const isSecure = Boolean(process.env['RXCQL_TEST_SECURE']);

// `unit` needs nothing but Node; `integration` shares one real Cassandra; `package` packs and installs the tarball.
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
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'marbles/**/*.marbles.ts', 'docs/examples/testing/with-vitest.ts'],
          exclude: ['test/integration/**', 'test/package/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: isSecure ? Object.keys(PLAIN_ONLY).map((name) => `test/integration/${name}`) : [],
          globalSetup: ['test/integration/cassandra.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 },
      },
    ],
  },
});
