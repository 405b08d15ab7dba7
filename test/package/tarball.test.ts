import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack, type Packed } from './pack.js';
import { run, runBin } from './run.js';

let folder: string;
let packed: Packed;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rxcql-package-'));
  packed = await pack(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the tarball', () => {
  it('has the build, the sources that its maps point to, the documents and the examples: nothing else', () => {
    const modules = packed.sources.map((source) => source.replace(/\.ts$/, ''));
    const built = modules.flatMap((module) =>
      ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((end) => `dist/${module}${end}`),
    );
    const sources = packed.sources.map((source) => `src/${source}`);
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json'];
    const isDocument = (file: string): boolean =>
      /^(docs\/([\w-]+\.md|images\/.*\.svg|examples\/.*\.ts)|marbles\/[\w/-]+\.(md|svg))$/.test(file);
    expect(modules).toContain('index');
    expect(packed.files.filter((file) => !isDocument(file))).toEqual([...built, ...sources, ...papers].sort());
    expect(packed.files.filter((file) => /\.(test|spec|marbles)\.|tsconfig/.test(file))).toEqual([]);
  });

  it('has no map that points to nothing, and no file without its map', () => {
    const files = new Set(packed.files);
    const broken: string[] = [];
    for (const file of packed.files.filter((name) => name.startsWith('dist/'))) {
      const text = readFileSync(join(packed.contents, file), 'utf8');
      const targets = file.endsWith('.map')
        ? (JSON.parse(text) as { sources: string[] }).sources
        : [/^\/\/# sourceMappingURL=(.*)$/m.exec(text)?.[1] ?? 'no map'];
      if (targets.length === 0) broken.push(`${file}: no source`);
      for (const target of targets) {
        if (!files.has(posix.join(posix.dirname(file), target))) broken.push(`${file}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('has what its documents point to', () => {
    const documents = packed.files.filter((file) => file.endsWith('.md'));
    expect(documents).toContain('docs/errors.md');
    const broken = documents.flatMap((document) => {
      const text = readFileSync(join(packed.contents, document), 'utf8');
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)\s#]+)/g)].map((found) => found[1]!);
      const isThere = (link: string): boolean => {
        const target = posix.join(posix.dirname(document), link);
        return packed.files.some((file) => file === target || (target.endsWith('/') && file.startsWith(target)));
      };
      return links.filter((link) => !isThere(link)).map((link) => `${document}: ${link}`);
    });
    expect(broken).toEqual([]);
  });

  it('satisfies publint, suggestions included', async () => {
    const tarball = new Uint8Array(await readFile(packed.tarball)).buffer;
    const { messages, pkg } = await publint({ strict: true, level: 'suggestion', pack: { tarball } });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it('satisfies arethetypeswrong, as an ESM-only package', async () => {
    await runBin(folder, '@arethetypeswrong/cli', 'attw', packed.tarball, '--profile', 'esm-only', '--no-color');
  });
});

describe('a program in JavaScript that installs the tarball', () => {
  let consumer: string;

  beforeAll(async () => {
    consumer = await install('esm');
  });

  it('shares its RxJS with rxcql, also the oldest', async () => {
    const installed = JSON.parse(await run(consumer, 'npm', 'ls', '--all', '--json', '--loglevel=silent')) as Installed;
    expect(installed.problems).toBeUndefined();
    expect(installed.dependencies?.['rxjs']?.version).toBe('7.8.0');
    expect(installed.dependencies?.['rxcql']?.dependencies?.['rxjs']).toEqual({ version: '7.8.0' }); // the same, not its own
  });

  it('runs, and ends', async () => {
    expect(await run(consumer, process.execPath, 'main.js')).toBe('The ESM consumer is content.\n');
  });

  it('may be CommonJS, as far as its Node can', async () => {
    expect(await run(consumer, process.execPath, '--no-warnings', 'require.cjs')).toBe(
      'The CommonJS consumer is content.\n',
    );
  });

  it('has the command', async () => {
    expect(await run(consumer, 'npx', '--no', 'rxcql', '--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(await run(consumer, 'npx', '--no', 'rxcql', 'help', 'unload')).toContain('rxcql resume orders');
  });

  it('bundles no more than it uses', async () => {
    const operator = await bundle(consumer, "export { mergeRows } from 'rxcql';");
    expect(operator.inputs).toContain('operators/merge-rows.js');
    expect(operator.inputs.filter((input) => !/^(operators\/|errors\.js|together\.js)/.test(input))).toEqual([]);
    expect(operator.imports).toEqual(['rxjs']);

    const driver = await bundle(consumer, "export { connect } from 'rxcql';");
    expect(driver.inputs).toContain('wire/socket.js');
    expect(driver.inputs.filter((input) => input.startsWith('testing/'))).toEqual([]);
    expect(driver.imports).toEqual(expect.arrayContaining(['node:net', 'rxjs']));
  });
});

describe('a program in TypeScript that installs the tarball', () => {
  let consumer: string;

  beforeAll(async () => {
    consumer = await install('typescript');
  });

  it.each([
    ['is type checked as Node resolves modules', 'tsconfig.nodenext.json'],
    ['is type checked as bundlers resolve modules', 'tsconfig.bundler.json'],
    ['need not name the types of Node', 'tsconfig.no-types.json'],
  ])('%s', async (_, config) => {
    await runBin(consumer, 'typescript', 'tsc', '--project', config, '--pretty', 'false');
  });
});

/** What `npm ls` says. */
interface Installed {
  readonly version?: string;
  readonly problems?: readonly string[];
  readonly dependencies?: Readonly<Record<string, Installed>>;
}

/** Copies a consumer to where nothing of this project is near, and installs the tarball into it. */
async function install(name: string): Promise<string> {
  const consumer = join(folder, name);
  await cp(join(import.meta.dirname, 'consumers', name), consumer, { recursive: true });
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await run(consumer, 'npm', 'install', ...flags, packed.tarball);
  return consumer;
}

interface Bundle {
  /** The modules of rxcql of which something is in the bundle, as in `dist`. */
  readonly inputs: readonly string[];
  /** What the bundle imports. */
  readonly imports: readonly string[];
}

/** Bundles a program, without RxJS, and tells what is left of rxcql. */
async function bundle(consumer: string, program: string): Promise<Bundle> {
  const { metafile } = await build({
    stdin: { contents: program, resolveDir: consumer },
    absWorkingDir: consumer,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['rxjs'],
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  const prefix = 'node_modules/rxcql/dist/';
  const used = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    inputs: used
      .map(([path]) => path)
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length)),
    imports: [...new Set(output!.imports.map(({ path }) => path))],
  };
}
