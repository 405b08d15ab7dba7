import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { run } from './run.js';

const ROOT = join(import.meta.dirname, '..', '..');

/** What is not in a fresh clone, or has no part in the package and is large. */
const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'coverage', join('docs', 'api')]);

export interface Packed {
  readonly tarball: string;
  /** What is in the tarball, unpacked. */
  readonly contents: string;
  /** The paths of `contents`, with `/`, sorted. */
  readonly files: readonly string[];
  /** The paths of the sources from which it was built, with `/`, sorted. */
  readonly sources: readonly string[];
}

/**
 * Packs a copy of the project, as `npm publish` does: the script `prepack` builds it. A copy, since other tests and programs
 * may be reading `dist`, which a build removes first.
 */
export async function pack(folder: string): Promise<Packed> {
  const copy = join(folder, 'project');
  await cp(ROOT, copy, {
    recursive: true,
    filter: (path) => !LEFT_OUT.has(relative(ROOT, path)) && basename(path) !== '.DS_Store',
  });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  await run(copy, 'npm', 'pack', '--pack-destination', folder);

  const [tarball, ...others] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  if (tarball === undefined || others.length > 0) throw new Error('npm pack made no tarball, or several.');
  const unpacked = join(folder, 'unpacked');
  await mkdir(unpacked);
  await run(folder, 'tar', '-xzf', tarball, '-C', unpacked);
  const contents = join(unpacked, 'package');
  return {
    tarball: join(folder, tarball),
    contents,
    files: await filesOf(contents),
    sources: (await filesOf(join(copy, 'src'))).filter((file) => file.endsWith('.ts')),
  };
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}
