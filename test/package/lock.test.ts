import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Lock {
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly resolved?: string;
  /** Whether it is a folder of this project. */
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  /** Whether an installation goes on without it. */
  readonly optional?: boolean;
}

describe('package-lock.json', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as Lock;

  // Where a registry lacks the builds of a package for other platforms, `npm install` leaves them out without a word, and
  // `npm ci` of npm 11 then refuses the lock. The way out is to lock an older version, whose builds are all there.
  it('has every dependency, those of other platforms too', () => {
    const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !placesFor(path, name).some((place) => place in packages))
        .map((name) => `${path} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('names no registry: everybody uses their own', () => {
    const named = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && link !== true);
    expect(named.map(([path]) => path)).toEqual([]);
  });

  // Its native part is compiled when it is installed: where that fails, `npm ci` must go on without it.
  it('needs the package lz4 nowhere', () => {
    expect(packages['node_modules/lz4']).toMatchObject({ optional: true });
    expect(packages['']!.dependencies ?? {}).not.toHaveProperty('lz4');
    expect(packages['']!.optionalDependencies ?? {}).not.toHaveProperty('lz4');
  });
});

/** Where the package at `path` finds a dependency: in its own node_modules, or in one above. */
function placesFor(path: string, name: string): string[] {
  const parts = path.split('/node_modules/');
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/node_modules/'));
  return [
    ...above.filter((place) => place !== '').map((place) => `${place}/node_modules/${name}`),
    `node_modules/${name}`,
  ];
}
