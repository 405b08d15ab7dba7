import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Diagram, renderSvg } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';

const ROOT = import.meta.dirname;

/** The folders, in the order in which one learns from them. */
const FOLDERS: Readonly<Record<string, string>> = {
  paging: 'The demand rule: when a query fetches, S1 to S17',
  operators: 'RxJS operators over queries and pages',
  requests: 'Where requests go, and what they wait for',
  etl: 'Moving tables',
  connection: 'The life of a connection',
};

/** One of each thing that a picture shows. */
const LEGEND: Diagram = {
  title: 'How to read the pictures',
  lanes: [
    {
      kind: 'observable',
      name: 'fetch1',
      subscriptions: [
        {
          from: 0,
          to: 2,
          marks: [
            { time: 2, kind: 'next', value: { kind: 'page', symbol: 'r', rows: ['a', 'b'], hasMorePages: true } },
            { time: 2, kind: 'complete' },
          ],
        },
      ],
    },
    { kind: 'observable', name: 'fetch2', subscriptions: [{ from: 2, to: 6, marks: [] }] },
    {
      kind: 'observable',
      name: 'work',
      subscriptions: [
        {
          from: 2,
          to: 4,
          marks: [
            { time: 4, kind: 'next', value: value('a') },
            { time: 4, kind: 'complete' },
          ],
        },
        { from: 4, to: 6, marks: [{ time: 6, kind: 'error', text: 'error' }] },
      ],
    },
    { kind: 'code', code: 'query.pipe(concatMap((page) => page.pipe(concatMap(work))))' },
    {
      kind: 'observable',
      name: 'result',
      subscriptions: [
        {
          from: 0,
          to: 6,
          marks: [
            { time: 4, kind: 'next', value: value('a') },
            { time: 6, kind: 'error', text: 'error' },
          ],
        },
      ],
    },
  ],
};

function value(text: string): { kind: 'value'; symbol: string; text: string } {
  return { kind: 'value', symbol: text, text };
}

const README = `# Marble diagrams

Each page shows one behaviour. Its pictures are made by the tests beside it, which run with all others; so what they show is what
the code does. \`npm run marbles\` writes them, and a test fails when they are no longer true.

![How to read the pictures](legend.svg)

Above the box with the code are the sources: fetches of a query, work on rows, what the nodes of a cluster answer. Below it is what comes
out. Time goes from left to right, in milliseconds of virtual time, and what stands in one column happens in the same one; columns are as
wide as they need to be.

- A blue bar lasts as long as somebody is subscribed: to what a node answers, from when a request gets there. Several in one row are
  subscriptions one after the other; several rows of one name are subscriptions at the same time.
- A marble is a value. A capsule with marbles in it is a page with its rows; \`…\` says that more pages follow.
- A thick line is completion, a red cross an error, with its class where it has one of its own, and \`!\` says that the subscription
  was given up: unsubscribed from, though it had not ended. An arrow at the end says that it goes on.

As text, a diagram is made of marble strings as RxJS has them: \`-\` is a millisecond, \`(ab)\` is several things at once, \`|\` is
completion, \`#\` an error; \`^--!\` is a subscription that was given up.
`;

describe('the index of the diagrams', () => {
  it('has every page', async () => {
    const chapters = Object.entries(FOLDERS).map(([folder, title]) => {
      const pages = specifications(folder).map(({ path, title: name, specs }) =>
        [`- [${name}](${path}.md)`, ...specs.map((spec) => `  - ${spec}`)].join('\n'),
      );
      return `\n## ${title}\n\n${pages.join('\n')}\n`;
    });
    await expect(README + chapters.join('')).toMatchFileSnapshot('README.md');
    await expect(renderSvg(LEGEND)).toMatchFileSnapshot('legend.svg');
  });

  it('has no page, and no picture, whose specification is gone', () => {
    const made = files().filter((file) => /\.(md|svg)$/.test(file) && dirname(file) !== '.');
    const wanted = new Set(
      Object.keys(FOLDERS).flatMap((folder) =>
        specifications(folder).flatMap(({ path, specs }) => [
          `${path}.md`,
          ...specs.map((_, i) => `${path}-${i + 1}.svg`),
        ]),
      ),
    );
    expect(made.filter((file) => !wanted.has(file))).toEqual([]);
  });

  it('has no link that leads nowhere', () => {
    const pages = files().filter((file) => file.endsWith('.md'));
    const links = pages.flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:)([^)\s#]+)/g)].map((found) =>
        join(dirname(page), found[1]!),
      ),
    );
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
  });
});

interface Specification {
  /** Without `.marbles.ts`. */
  readonly path: string;
  readonly title: string;
  readonly specs: readonly string[];
  /** The first rule of the demand rule that it shows. */
  readonly rule: number;
}

function specifications(folder: string): Specification[] {
  return files()
    .filter((file) => dirname(file) === folder && file.endsWith('.marbles.ts'))
    .map((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const title = /^behaviour\('(.*?)', /m.exec(text)?.[1];
      if (title === undefined) throw new Error(`${file} shows no behaviour.`);
      const specs = [...text.matchAll(/^ {2}spec\('(.*?)', /gm)].map((found) => found[1]!);
      const rule = Number(/\bS(\d+)\b/.exec(text)?.[1] ?? 0);
      return { path: file.replace(/\.marbles\.ts$/, ''), title, specs, rule };
    })
    .sort((a, b) => a.rule - b.rule);
}

function files(): string[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}
