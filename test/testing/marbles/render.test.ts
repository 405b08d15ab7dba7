import fc from 'fast-check';
import { TestScheduler } from 'rxjs/testing';
import { ConfigurationError } from 'rxcql';
import { type Diagram, marbles, page, queryOf, renderAscii, renderSvg } from 'rxcql/testing';
import { concatMap, mergeMap } from 'rxjs';
import { describe, expect, it } from 'vitest';

const text = (value: string) => ({ kind: 'value', symbol: value, text: value }) as const;

/** One of everything. */
const DIAGRAM: Diagram = {
  title: 'A <title> & "more"',
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
        { from: 40, to: 43, marks: [] },
      ],
    },
    {
      kind: 'observable',
      name: 'fetch2',
      subscriptions: [
        {
          from: 2,
          marks: [{ time: 3, kind: 'next', value: { kind: 'page', symbol: 'r', rows: [], hasMorePages: false } }],
        },
      ],
    },
    { kind: 'observable', name: 'never', subscriptions: [] },
    { kind: 'subscriptions', name: 'asked', subscriptions: [{ from: 2, to: 3 }, { from: 40 }, { from: 4, to: 4 }] },
    { kind: 'code', code: "query.pipe(\n  concatMap((page) => page && 'a<b'),\n)" },
    {
      kind: 'observable',
      name: 'result',
      subscriptions: [
        {
          from: 0,
          to: 41,
          marks: [
            { time: 2, kind: 'next', value: text('a') },
            { time: 9, kind: 'next', value: { kind: 'value', symbol: 'x', text: "{ name: 'a rather long text' }" } },
            { time: 41, kind: 'error', text: 'Error: no' },
          ],
        },
      ],
    },
    {
      kind: 'note',
      text: 'What a reader should notice, told in a sentence that is longer than the picture is wide, to be broken.',
    },
  ],
};

describe('renderAscii()', () => {
  it('draws one of everything', () => {
    expect(`\n${renderAscii(DIAGRAM)}`).toMatchInlineSnapshot(`
      "
      A <title> & "more"

              0    5          40
      fetch1  --(r|)                 r = page of a b, and more
      fetch1                  ---
                              ^--!
      fetch2    -r------ 30ms ----   r = an empty page
      never   (never subscribed to)
      asked     ^!
      asked                   ^---
      asked       (^!)

        > query.pipe(
        >   concatMap((page) => page && 'a<b'),
        > )

      result  --a------x 30ms -#     x = { name: 'a rather long text' }, # = Error: no

      What a reader should notice, told in a sentence that is longer than the picture is wide, to be broken.
      "
    `);
  });

  it.each([renderAscii, renderSvg])('refuses what is no diagram', (render) => {
    expect(() => render({ titel: 'x', lanes: [] } as never)).toThrow('Did you mean "title"?');
    expect(() => render({ title: 'x' } as never)).toThrow(/takes a diagram/);
    expect(() => render(undefined as never)).toThrow(ConfigurationError);
  });

  it('draws nothing of nothing', () => {
    expect(renderAscii({ lanes: [] })).toBe('\n');
    expect(renderAscii({ lanes: [{ kind: 'observable', name: 'never', subscriptions: [] }] })).toBe(
      'never  (never subscribed to)\n',
    );
  });

  it('writes marble strings that mean what happened', () => {
    const frame = fc.oneof(
      fc.constant('-'),
      fc.constantFrom('a', 'b', '7'),
      fc.constantFrom('(ab)', '(a7b)'),
      fc.constant(' 40ms '),
    );
    const end = fc.constantFrom('', '|', '#', '(a|)', '(b#)');
    fc.assert(
      fc.property(fc.array(frame), end, (frames, last) => {
        const written = `${frames.join('')}${last}`;
        // A digit at the beginning, or after a space, is the beginning of a time.
        fc.pre(!/(^| )7/.test(written));
        const diagram = marbles(({ cold, expectObservable }) => expectObservable(cold(written)).toBe(written));
        const drawn = /^result 1 {2}(.*)$/m.exec(renderAscii(diagram))?.[1] ?? '';
        const parse = (marble: string) => {
          let parsed: unknown[] = [];
          new TestScheduler(() => undefined).run(
            () => (parsed = TestScheduler.parseMarbles(marble, undefined, undefined, false, true)),
          );
          return parsed;
        };
        expect(parse(drawn)).toEqual(parse(written));
      }),
    );
  });
});

describe('renderSvg()', () => {
  it('draws one of everything', async () => {
    await expect(renderSvg(DIAGRAM)).toMatchFileSnapshot('everything.svg');
  });

  it('writes beside an error what class it has, if it is one of its own', () => {
    const lane = (text: string) =>
      renderSvg({
        lanes: [
          {
            kind: 'observable',
            name: 'a',
            subscriptions: [{ from: 0, to: 0, marks: [{ time: 0, kind: 'error', text }] }],
          },
        ],
      });
    expect(lane('ThrottleError [ERR_RXCQL_THROTTLE]: All connections are full.')).toContain('>ThrottleError</text>');
    expect(lane('Error: no')).not.toContain('>Error</text>');
  });

  it('draws the same of the same', () => {
    const run = (): Diagram =>
      marbles(({ cold, expectObservable }) => {
        const fetch1 = cold('--(r|)', { r: page('ab', { more: true }) });
        const fetch2 = cold('-----(r|)', { r: page('c') });
        const work = (row: string) => cold('--(x|)', { x: row });
        const result = queryOf(fetch1, fetch2).pipe(concatMap((rows) => rows.pipe(mergeMap(work, 2))));
        expectObservable(result).toBe('----(ab)-(c|)');
      });
    expect(renderSvg(run())).toBe(renderSvg(run()));
  });

  it('is well-formed, with nothing in it that could run or load', () => {
    const hostile = '</desc><script>alert(1)</script>"\'&\u0000';
    const svg = renderSvg({
      title: hostile,
      lanes: [
        {
          kind: 'observable',
          name: hostile,
          subscriptions: [{ from: 0, marks: [{ time: 0, kind: 'next', value: text(hostile) }] }],
        },
        { kind: 'code', code: hostile },
        { kind: 'note', text: hostile },
      ],
    });
    expect(svg).not.toMatch(/<script|href|url\(|\u0000/);
    expect(tagsOf(svg)).toEqual([]);
  });

  it('tells what it shows to those who cannot see it', () => {
    const svg = renderSvg(DIAGRAM);
    expect(svg).toContain('role="img"');
    expect(svg).toContain('<title>A &#60;title&#62; &#38; &#34;more&#34;</title>');
    expect(/<desc>(.*?)<\/desc>/s.exec(svg)?.[1]).toMatchInlineSnapshot(`
      "fetch1: subscribed to at 0 ms, a page of a b with more to come at 2 ms, completed at 2 ms; subscribed to at 40 ms, left at 43 ms.
      fetch2: subscribed to at 2 ms, an empty page at 3 ms.
      never: never subscribed to.
      asked: subscribed from 2 to 3; subscribed from 40 to the end; subscribed from 4 to 4.
      Operators: query.pipe( concatMap((page) =&#62; page &#38;&#38; 'a&#60;b'), )
      result: subscribed to at 0 ms, a at 2 ms, { name: 'a rather long text' } at 9 ms, error at 41 ms (Error: no).
      What a reader should notice, told in a sentence that is longer than the picture is wide, to be broken."
    `);
  });
});

/** The elements that are open at the end, or are closed without having been opened. */
function tagsOf(svg: string): string[] {
  const open: string[] = [];
  for (const [, slash, name, self] of svg.matchAll(/<(\/?)([\w]+)[^<>]*?(\/?)>/g)) {
    if (self === '/') continue;
    if (slash === '/' && open.at(-1) === name) open.pop();
    else open.push(`${slash ?? ''}${name ?? ''}`);
  }
  return open;
}
