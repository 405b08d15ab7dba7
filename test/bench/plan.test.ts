import { describe, expect, it } from 'vitest';
import { byServer, casesOf, isScan } from './cases.js';
import { benchOptions } from './options.js';
import { PLAN } from './plan.js';
import { EXPLANATIONS } from './report/explanations.js';
import { GOALS, outcomes } from './report/goals.js';
import { merge, type Results } from './results.js';
import type { Measurement } from './workloads.js';

const round: Measurement = {
  operations: 1,
  seconds: 1,
  userSeconds: 1,
  systemSeconds: 0,
  gcSeconds: 0,
  lagP99: 0,
  lagMax: 0,
  peakRss: 1,
};
const machine = { cpu: '', cores: 8, memory: '', kernel: '', node: '' };
const cases = PLAN.flatMap(casesOf);

describe('the plan', () => {
  it('has sections and lines that can be told apart', () => {
    const names = cases.map(({ section, workload, line }) => `${section.id}/${workload}/${line.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('scans tables whole', () => {
    for (const { workload, setting } of cases) {
      if (isScan(workload)) expect(setting.operations % setting.rows).toBe(0);
    }
  });

  it('has every line that a goal is read from', () => {
    const all = cases.reduce<Results>(
      (results, { section, workload, line }) =>
        merge(
          results,
          machine,
          section.id,
          section.drivers.map((driver) => ({ workload, line: line.name, driver, rounds: [round] })),
        ),
      { machine, sections: {} },
    );
    expect(outcomes(all).map(({ what }) => what)).toEqual(GOALS.map(({ what }) => what));
  });

  it('has every line that is explained', () => {
    for (const { section, workloads, to } of EXPLANATIONS) {
      const found = PLAN.find(({ id }) => id === section);
      expect(found?.workloads).toEqual(expect.arrayContaining([...workloads]));
      expect(found?.lines.map(({ name }) => name)).toEqual(expect.arrayContaining([...to]));
    }
  });

  it('needs each server once', () => {
    expect(byServer(cases)).toHaveLength(4);
  });
});

describe('the options', () => {
  const ids = (args: string): string[] => benchOptions(args.split(' ').filter(Boolean)).sections.map(({ id }) => id);

  it('choose sections', () => {
    expect(ids('')).toEqual(['main']);
    expect(ids('--only pages,columns')).toEqual(['pages', 'columns']);
    expect(ids('--all')).toEqual(PLAN.map(({ id }) => id));
  });

  it('choose drivers, and with them the sections that have any', () => {
    const { sections } = benchOptions(['--only', 'nodes,bytes', '--drivers', 'floor']);
    expect(sections.map(({ id, drivers }) => ({ id, drivers }))).toEqual([{ id: 'bytes', drivers: ['floor'] }]);
  });

  it('make a section of their own, which is not kept', () => {
    const [section] = benchOptions(['--server', 'cassandra', '--workloads', 'scan', '--nodes', '3']).sections;
    expect(section).toMatchObject({ server: 'cassandra', workloads: ['scan'], lines: [{ nodes: 3 }] });
    expect(() => benchOptions(['--concurrency', '16', '--write'])).toThrow(RangeError);
  });

  it.each([
    '--only nothing',
    '--rounds 0',
    '--operations many',
    '--server some',
    '--workloads dance',
    '--drivers some',
  ])('are refused where there is no such thing: %s', (args) => {
    expect(() => benchOptions(args.split(' '))).toThrow(RangeError);
  });
});
