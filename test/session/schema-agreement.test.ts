import { defer, of, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { schemaAgreement } from '../../src/session/schema-agreement.js';
import type { Connection } from '../../src/wire/connection.js';

/** What a node answers, time after time, and then the last for ever: its own version, and those of the others it knows. */
function node(...answers: readonly (readonly (string | null)[] | Error)[]): Connection {
  let asked = 0;
  const send = () =>
    defer(() => {
      // It is asked for its own version and for those of the others in turn.
      const answer = answers[Math.min(asked >> 1, answers.length - 1)]!;
      const isAboutOthers = asked++ % 2 === 1;
      if (answer instanceof Error) return throwError(() => answer);
      const versions = isAboutOthers ? answer.slice(1) : answer.slice(0, 1);
      let next = 0;
      const cursor = () => ({ next: () => ({ host_id: `other ${next}`, schema_version: versions[next++] }) });
      return of({ kind: 'rows', rows: { rowCount: versions.length, start: 0, end: 0, cursor } });
    });
  return { send } as unknown as Connection;
}

/** When the nodes have agreed, in milliseconds, and whether. */
function agreement(...nodes: readonly Connection[]): [time: number, isInAgreement: boolean] {
  return agreementWithout(undefined, ...nodes);
}

/** The same, where a node is down. */
function agreementWithout(
  down: string | undefined,
  ...nodes: readonly Connection[]
): [time: number, isInAgreement: boolean] {
  const outcome: [number, boolean][] = [];
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(() => {
    schemaAgreement(
      () => nodes,
      (hostId) => hostId === down,
    ).subscribe((isInAgreement) => outcome.push([scheduler.now(), isInAgreement]));
    scheduler.flush();
  });
  expect(outcome.length).toBe(1);
  return outcome[0]!;
}

describe('schema agreement', () => {
  it('is there at once with one node, or with several that agree', () => {
    expect(agreement(node(['a']))).toEqual([0, true]);
    expect(agreement(node(['a', 'a', 'a']), node(['a', 'a', 'a']))).toEqual([0, true]);
  });

  it('is asked for every 200 ms until it is there', () => {
    expect(agreement(node(['b']), node(['a'], ['a'], ['b']))).toEqual([400, true]);
  });

  it('takes in the nodes that are not connected to, unless they have no version', () => {
    expect(agreement(node(['b', 'a', null], ['b', 'b', null]))).toEqual([200, true]);
  });

  it('waits for a node that cannot be asked', () => {
    expect(agreement(node(['a']), node(new Error('lost'), new Error('lost'), ['a']))).toEqual([400, true]);
  });

  it('does not wait for a node that is down', () => {
    expect(agreementWithout('other 1', node(['b', 'b', 'a'], ['b', 'b', 'a']))).toEqual([0, true]);
    expect(agreementWithout('other 0', node(['b', 'b', 'a'], ['b', 'b', 'b']))).toEqual([200, true]);
  });

  it('is given up after 10 seconds, without an error', () => {
    expect(agreement(node(['a']), node(['b']))).toEqual([10_000, false]);
  });
});
