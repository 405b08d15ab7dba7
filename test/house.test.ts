import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Tree, violations } from './house.js';

const ROOT = join(import.meta.dirname, '..');

describe('the house', () => {
  it('is kept: every import of src/ goes the right way', () => {
    const src = join(ROOT, 'src');
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const tree = new Map(
      files.sort().map((file) => [file.replaceAll(sep, '/'), readFileSync(join(src, file), 'utf8')]),
    );
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
    const { dependencies, peerDependencies, optionalDependencies } = manifest;
    expect(tree.size).toBeGreaterThan(50);
    expect(violations(tree, Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies }))).toEqual(
      [],
    );
  });
});

interface Manifest {
  readonly dependencies?: object;
  readonly peerDependencies?: object;
  readonly optionalDependencies?: object;
}

describe('the check of the house', () => {
  /** A small house in order. */
  const HOUSE = {
    'index.ts': "export { session } from './session/session.js';\nexport type { E } from './errors.js';",
    'errors.ts': 'export class E extends Error {}',
    'operators/page.ts': "import { Observable } from 'rxjs';\nimport { E } from '../errors.js';",
    'codec/reader.ts': "import * as zlib from 'node:zlib';\nimport { E } from '../errors.js';",
    'wire/connection.ts': "import { Reader } from '../codec/reader.js';",
    'wire/socket.ts': "import { connect } from 'node:net';\nimport { map } from 'rxjs';",
    'cluster/pool.ts': "import { send } from '../wire/connection.js';",
    'session/session.ts':
      "import type { Pool } from '../cluster/pool.js';\nimport { Page } from '../operators/page.js';\nexport const session = 1;",
    'etl/bullmq/add-ranges.ts': "import { Queue } from 'bullmq';",
    'testing/index.ts': "export { marbles } from './marbles.js';",
    'testing/marbles.ts':
      "import type { Connection } from '../wire/connection.js';\nimport { type Socket } from '../wire/socket.js';\n" +
      "import { Page } from '../operators/page.js';\nimport { Reader } from '../codec/reader.js';",
  };

  const check = (change: Record<string, string>): string[] => {
    const tree: Tree = new Map(Object.entries({ ...HOUSE, ...change }));
    return violations(tree, ['rxjs', 'bullmq', '@scope/name']);
  };

  it('finds nothing in a house in order', () => {
    expect(check({})).toEqual([]);
  });

  const WRONG: [what: string, file: string, text: string, message: string][] = [
    [
      'a value from the right',
      'codec/rows.ts',
      "import { send } from '../cluster/pool.js';",
      "src/codec/rows.ts imports '../cluster/pool.js': codec may import only errors, not cluster.",
    ],
    [
      'a type from the right',
      'wire/handshake.ts',
      "import type { session } from '../session/session.js';",
      "src/wire/handshake.ts imports '../session/session.js': wire may import only errors, together, codec, not session.",
    ],
    [
      'a type in place',
      'codec/rows.ts',
      "export type P = import('../operators/page.js').Page;",
      "src/codec/rows.ts imports '../operators/page.js': codec may import only errors, not operators.",
    ],
    [
      'an import() in a function',
      'codec/rows.ts',
      "export const later = () => import('../wire/connection.js');",
      "src/codec/rows.ts imports '../wire/connection.js': codec may import only errors, not wire.",
    ],
    [
      'an import on several lines, after other code',
      'operators/late.ts',
      "const a = 1;\nimport {\n  a,\n  b,\n} from\n  '../codec/reader.js';",
      "src/operators/late.ts imports '../codec/reader.js': operators may import only errors, together, not codec.",
    ],
    [
      'an import for its effect',
      'cluster/start.ts',
      "import '../session/session.js';",
      "src/cluster/start.ts imports '../session/session.js': cluster may import only errors, codec, wire, not session.",
    ],
    [
      'a value of wire in testing',
      'testing/marbles.ts',
      "import { type Connection, send } from '../wire/connection.js';",
      "src/testing/marbles.ts imports '../wire/connection.js': " +
        'testing may import only errors, codec, check, operators, and types of wire, cluster (import type), not wire.',
    ],
    [
      'testing outside of testing',
      'session/query.ts',
      "import type { marbles } from '../testing/marbles.js';",
      "src/session/query.ts imports '../testing/marbles.js': " +
        'session may import only errors, together, codec, check, wire, cluster, operators, not testing.',
    ],
    [
      'the barrel, from inside',
      'session/query.ts',
      "import type { E } from '../index.js';",
      "src/session/query.ts imports '../index.js': " +
        'session may import only errors, together, codec, check, wire, cluster, operators, not index.',
    ],
    [
      'a socket elsewhere',
      'wire/connection.ts',
      "import type { Socket } from 'tls';",
      "src/wire/connection.ts imports 'tls': only src/wire/socket.ts opens sockets.",
    ],
    [
      'RxJS in the codec',
      'codec/rows.ts',
      "import { map } from 'rxjs/operators';",
      "src/codec/rows.ts imports 'rxjs/operators': codec is bytes and values, without RxJS.",
    ],
    [
      'Node in the operators',
      'operators/page.ts',
      "import { Readable } from 'stream';",
      "src/operators/page.ts imports 'stream': operators is pure RxJS, without Node.",
    ],
    [
      'anything in the errors',
      'errors.ts',
      "import { inspect } from 'node:util';",
      "src/errors.ts imports 'node:util': errors imports nothing.",
    ],
    [
      'a package that users do not have',
      'session/query.ts',
      "import type { A } from '@scope/name/deep';\nimport { B } from '@scope/other/deep';",
      "src/session/query.ts imports '@scope/other/deep': " +
        '@scope/other is not installed with rxcql: package.json has it in no kind of dependency.',
    ],
    [
      'a barrel',
      'wire/index.ts',
      "export * from './connection.js';",
      "src/wire/index.ts re-exports from './connection.js': no barrels; only the entry points re-export: src/index.ts, src/etl/index.ts, src/etl/bullmq/index.ts, src/testing/index.ts.",
    ],
    [
      'the queue in what does without it',
      'etl/scan.ts',
      "import { addRanges } from './bullmq/add-ranges.js';",
      "src/etl/scan.ts imports './bullmq/add-ranges.js': " +
        'etl may import only errors, codec, check, wire, cluster, operators, session, not etl/bullmq.',
    ],
    [
      'a package of one room in another',
      'etl/scan.ts',
      "import { Queue } from 'bullmq';",
      "src/etl/scan.ts imports 'bullmq': only etl/bullmq imports bullmq, which not everybody has.",
    ],
    [
      'a file that is not there',
      'wire/connection.ts',
      "import '../../test/helper.js';",
      "src/wire/connection.ts imports '../../test/helper.js': there is no src/../test/helper.ts.",
    ],
    [
      'an adapter that knows more than Observables of pages',
      'adapters/rows.ts',
      "import { session } from '../session/session.js';",
      "src/adapters/rows.ts imports '../session/session.js': adapters may import only errors, operators, not session.",
    ],
    [
      'a new room',
      'utils/text.ts',
      '',
      'src/utils/text.ts is in no room: say in test/house.ts what "utils" may import.',
    ],
    [
      'a long file',
      'codec/rows.ts',
      'a();\n'.repeat(301),
      'src/codec/rows.ts has 301 lines; a file of src/ has one idea and at most 300.',
    ],
    [
      'a value of the driver in the server of testing',
      'testing/server.ts',
      "import { session } from '../session/session.js';",
      "src/testing/server.ts imports '../session/session.js': " +
        'testing may import only errors, codec, check, operators, and types of wire, cluster (import type), not session.',
    ],
    [
      'an exception for a file that is none any more',
      'testing/session-of.ts',
      "import { session } from '../session/session.js';",
      'src/testing/session-of.ts imports nothing of cluster any more: take that out of the list in test/house.ts.',
    ],
    [
      'an exception that is none any more',
      'wire/socket.ts',
      '',
      'src/wire/socket.ts opens no socket any more: take it out of the list in test/house.ts.',
    ],
  ];

  it.each(WRONG)('finds %s', (_, file, text, message) => {
    expect(check({ [file]: text })).toEqual([message]);
  });

  it('finds a cycle, of types too, and a file that imports itself', () => {
    const found = check({
      'codec/a.ts': "import { b } from './b.js';",
      'codec/b.ts': "import type { c } from './c.js';",
      'codec/c.ts': "import { a } from './a.js';\nimport { c } from './c.js';",
    });
    expect(found).toEqual([
      'src/codec/a.ts -> src/codec/b.ts -> src/codec/c.ts -> src/codec/a.ts is a cycle: imports, of types too, go one way.',
      'src/codec/c.ts -> src/codec/c.ts is a cycle: imports, of types too, go one way.',
    ]);
  });

  it('reads code, not comments and texts', () => {
    expect(
      check({ 'codec/rows.ts': "// import { map } from 'rxjs';\nconst a = `import { map } from 'rxjs'`;" }),
    ).toEqual([]);
  });
});
