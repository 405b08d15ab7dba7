import { describe, expect, it } from 'vitest';
import { etl } from '../report/etl-results.fixture.js';
import { etlBenchOptions } from './options.js';
import { mergeEtl } from './results.js';

const [first, ...others] = etl.sections.compared!;
const news = {
  ...etl,
  versions: { dsbulk: '1.11.0' },
  sections: { compared: [{ ...first!, rounds: [first!.rounds[0]!] }] },
};

describe('figures of whole tables', () => {
  it('take the place of older ones of the same, or are added to them', () => {
    const replaced = mergeEtl(etl, news, 'compared', false);
    expect(replaced.sections.compared).toEqual([...others, ...news.sections.compared]);
    expect(replaced.sections.memory).toBe(etl.sections.memory);
    expect(replaced.versions).toMatchObject({ dsbulk: '1.11.0', Python: '3.30.1' });
    const added = mergeEtl(etl, news, 'compared', true);
    expect(added.sections.compared!.at(-1)!.rounds).toEqual([...first!.rounds, first!.rounds[0]]);
  });

  it('are not mixed with those of another machine', () => {
    const elsewhere = { ...news, machine: { ...etl.machine, cores: 8 } };
    expect(mergeEtl(etl, elsewhere, 'compared', true)).toEqual(elsewhere);
  });
});

describe('what `npm run bench:etl` is asked for', () => {
  it('has defaults', () => {
    expect(etlBenchOptions([])).toMatchObject({
      section: 'compared',
      works: ['unload', 'load'],
      write: false,
      rows: undefined,
    });
    expect(etlBenchOptions(['--tools', 'rxcql,Python', '--work', 'load', '--rows', '5'])).toMatchObject({
      tools: ['rxcql', 'Python'],
      works: ['load'],
      rows: 5,
    });
    expect(etlBenchOptions(['--help'])).toBeUndefined();
  });

  it.each([
    ['--tools', 'cqlsh'],
    ['--rows', '0'],
    ['--section', 'x'],
    ['--work', 'copy'],
  ])('is refused for %s %s', (...args) => {
    expect(() => etlBenchOptions(args)).toThrow(RangeError);
  });
});
