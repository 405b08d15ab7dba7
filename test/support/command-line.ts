import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * How Node.js is told to run the command `rxcql`: as it is built, as users have it, which `npm test` does first. Where the sources are
 * newer, or nothing is built, they are run themselves; to load them takes a second of each start.
 */
export function commandLine(): readonly string[] {
  const built = join(ROOT, 'dist', 'cli', 'main.js');
  const isBuilt = existsSync(built) && statSync(built).mtimeMs > newest(join(ROOT, 'src'));
  return isBuilt ? [built] : ['--import', import.meta.resolve('tsx'), join(ROOT, 'src', 'cli', 'main.ts')];
}

/** When a file below a folder was changed last. */
function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(join(folder, file)).mtimeMs));
}
