import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

// What the documents promise: that their links lead somewhere, that their examples are programs that run, that no error is
// missing.

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const filesOf = (folder: string, end: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end) && !name.startsWith('api'))
    .map((name) => join(folder, name));

const documents = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', ...filesOf('docs', '.md')];

/** What stands between fences, by the language after the first. */
const fenced = (text: string, language: string): string[] =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].filter((found) => found[1] === language).map((found) => found[2]!);

/** The anchors of a document: its headings, as they are made on the web. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map((found) =>
    found[1]!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

describe.each(documents)('%s', (document) => {
  const text = read(document);

  it('has no link that leads nowhere', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map((found) => found[1]!);
    const broken = links.filter((link) => {
      const [path, anchor] = link.split('#') as [string, string | undefined];
      const target = path === '' ? document : relative(ROOT, join(ROOT, dirname(document), path));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('has no example that is not part of a program in docs/examples', () => {
    const programs = filesOf('docs/examples', '.ts').map(read);
    const strays = fenced(text, 'ts').filter((example) => !programs.some((program) => program.includes(example)));
    expect(strays).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  const text = read('docs/errors.md');
  const sources = filesOf('src', '.ts').map(read).join('\n');

  it('names every code', () => {
    const codes = new Set([...sources.matchAll(/'(ERR_RXCQL_\w+)'/g)].map((found) => found[1]!));
    expect(codes.size).toBeGreaterThan(15);
    expect([...codes].filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  it('names every kind of answer', () => {
    const [, union] = /export type ResponseErrorKind =(.*?);/s.exec(sources)!;
    const kinds = [...union!.matchAll(/'(\w+)'/g)].map((found) => found[1]!);
    expect(kinds.length).toBeGreaterThan(20);
    expect(kinds.filter((kind) => !text.includes(`\`${kind}\``))).toEqual([]);
  });
});
