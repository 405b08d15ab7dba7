import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type Diagram,
  type Lane,
  type MarbleHelpers,
  marbles,
  type ObservableLane,
  renderAscii,
  renderSvg,
} from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { readSpec, type SpecSource } from './spec-source.js';

interface Drawn {
  readonly title: string;
  readonly source: SpecSource;
  readonly diagram: Diagram;
}

interface Specifications {
  count: number;
  /** In their order; what was not run, or has failed, is missing. */
  readonly drawn: Drawn[];
}

/** Those of the behaviour that is being declared. */
let current: Specifications;

/**
 * One behaviour, shown by its specifications: a page of its own is written from it, `<file>.md`, by `npm run marbles`. Without
 * that, the test fails when the page or one of its pictures is no longer what the specifications say.
 *
 * @param text What a reader should know before, in Markdown.
 */
export function behaviour(title: string, text: string, specifications: () => void): void {
  describe(title, () => {
    const own: Specifications = (current = { count: 0, drawn: [] });
    specifications();

    it('is what its page says', async () => {
      expect(Object.keys(own.drawn).length, 'specifications that passed').toBe(own.count);
      await expect(pageOf(title, text, own.drawn)).toMatchFileSnapshot(`${path()}.md`);
    });
  });
}

/**
 * A test in virtual time, one character a millisecond, whose picture is made of its run: `<file>-<number>.svg`. Sources,
 * functions that make sources, and what is expected have to be a `const` each, whose names and code the picture takes over.
 */
export function spec(title: string, test: (helpers: MarbleHelpers) => void): void {
  const { drawn } = current;
  const index = current.count++;
  it(title, async () => {
    const source = readSpec(readFileSync(`${path()}.marbles.ts`, 'utf8'), title);
    const made: string[] = [];
    const recorded = marbles((helpers) => {
      let isRunning = false;
      const name = (text: string): string => (isRunning ? makerOf(source, text) : nextOf(source, made));
      test({
        ...helpers,
        cold: (...given) => (made.push(name(given[0])), helpers.cold(...given)),
        hot: (...given) => (made.push(name(given[0])), helpers.hot(...given)),
      });
      isRunning = true;
      if (made.length !== source.sources.length)
        throw new Error('Not every source has been made, and by its own const.');
    });
    const diagram = { title, lanes: arranged(recorded.lanes as ObservableLane[], made, source) };
    drawn[index] = { title, source, diagram };
    await expect(renderSvg(diagram)).toMatchFileSnapshot(`${path()}-${index + 1}.svg`);
  });
}

/** Where the specification is, without `.marbles.ts`. */
function path(): string {
  return expect.getState().testPath!.replace(/\.marbles\.ts$/, '');
}

function nextOf({ sources }: SpecSource, made: readonly string[]): string {
  const name = sources[made.length];
  if (name === undefined) throw new Error('Sources are a const each: const fetch1 = cold(…).');
  return name;
}

/** What is made while the test runs is told apart by its marble string. */
function makerOf({ makers }: SpecSource, text: string): string {
  const names = new Set(makers.flatMap(({ name, code }) => (code.includes(text) ? [name] : [])));
  const [name] = names;
  if (name === undefined || names.size > 1) throw new Error(`It is not clear which const has made '${text}'.`);
  return name;
}

/** Sources first, those of the same name as one; then the operators and what came of them. */
function arranged(lanes: readonly ObservableLane[], made: readonly string[], source: SpecSource): Lane[] {
  const named = new Map<string, ObservableLane>();
  made.forEach((name, index) => {
    const subscriptions = [...(named.get(name)?.subscriptions ?? []), ...lanes[index]!.subscriptions];
    named.set(name, { kind: 'observable', name, subscriptions: subscriptions.sort((a, b) => a.from - b.from) });
  });
  if (lanes.length !== made.length + source.results.length) throw new Error('Results are expected one by one.');
  const setup: Lane[] = source.setup.length === 0 ? [] : [{ kind: 'code', code: source.setup.join('\n') }];
  // What is done several times stands there once.
  const results = source.results.flatMap(({ name, code }, index): Lane[] => [
    ...(code === source.results[index - 1]?.code ? [] : [{ kind: 'code', code } as const]),
    { ...lanes[made.length + index]!, name },
  ]);
  const notes = source.notes.map((text): Lane => ({ kind: 'note', text }));
  return [...named.values(), ...setup, ...results, ...notes];
}

function pageOf(title: string, text: string, drawn: readonly Drawn[]): string {
  const file = basename(path());
  const parts = drawn.map(({ title: name, source, diagram }, index) => {
    const picture = `![${name}](${file}-${index + 1}.svg)`;
    return `## ${name}\n\n${picture}\n\n\`\`\`text\n${renderAscii({ lanes: diagram.lanes })}\`\`\`\n\n\`\`\`ts\n${source.body}\n\`\`\`\n`;
  });
  const origin = `Written by \`npm run marbles\` from [${file}.marbles.ts](${file}.marbles.ts), which is a test.`;
  return `# ${title}\n\n${text}\n\n${parts.join('\n')}\n---\n\n${origin} [How to read the pictures](../README.md).\n`;
}
