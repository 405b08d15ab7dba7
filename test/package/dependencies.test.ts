import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Described {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
}

const read = (...path: string[]): string => readFileSync(join(import.meta.dirname, '..', '..', ...path), 'utf8');

const own = JSON.parse(read('package.json')) as Described;
const { packages } = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, Described>>;
};

/** The table of docs/security.md: what is installed with the package, and what else comes with it. */
const [, table] = /^## Dependencies$(.*?)^## /ms.exec(read('docs', 'security.md'))!;
const rows = [...table!.matchAll(/^\| (.*?) +\| .* \| (.*?) +\|$/gm)].slice(2);
const namesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

/** All that is installed with a package, without itself. None of those here has a version of its own below another. */
function below(name: string, found = new Set<string>()): Set<string> {
  const described = packages[`node_modules/${name}`]!;
  for (const other of Object.keys({ ...described.dependencies, ...described.optionalDependencies })) {
    if (found.has(other)) continue;
    found.add(other);
    below(other, found);
  }
  return found;
}

describe('what is installed with the package', () => {
  const installed = [...Object.keys(own.dependencies!), 'rxjs'];

  it('is what docs/security.md says, no more and no less', () => {
    expect(rows.flatMap(([, names]) => namesIn(names!)).sort()).toEqual(installed.sort());
    for (const [, names, others] of rows) {
      const brought = new Set(namesIn(names!).flatMap((name) => [...below(name)]));
      for (const name of installed) brought.delete(name);
      expect([names, namesIn(others!).sort()]).toEqual([names, [...brought].sort()]);
    }
  });

  it('runs nothing when it is installed', () => {
    const all = new Set(installed.flatMap((name) => [name, ...below(name)]));
    expect(all.size).toBeGreaterThan(installed.length);
    expect([...all].filter((name) => packages[`node_modules/${name}`]!.hasInstallScript)).toEqual([]);
  });
});
