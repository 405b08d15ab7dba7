import { map, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { type NodeEvent, scriptedTopology } from 'rxcql/testing';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/errors.js';

const told = (events: Observable<NodeEvent>) =>
  events.pipe(map(({ type, node }) => `${type} ${node.address} ${node.isUp ? 'up' : 'down'}`));

describe('scriptedTopology', () => {
  it('tells of changes when the diagram says', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ expectObservable }) => {
      const n2 = { address: '127.0.0.2:9042' };
      expectObservable(told(scriptedTopology('--u--d'))).toBe('--u--d', {
        u: 'nodeUp 127.0.0.1:9042 up',
        d: 'nodeDown 127.0.0.1:9042 down',
      });
      const changes = { x: { type: 'nodeAdded', node: n2 }, y: { type: 'nodeRemoved', node: n2 } } as const;
      expectObservable(told(scriptedTopology('-(xu) 10ms y|', changes))).toBe('-(xu) 10ms y|', {
        x: 'nodeAdded 127.0.0.2:9042 up',
        u: 'nodeUp 127.0.0.1:9042 up',
        y: 'nodeRemoved 127.0.0.2:9042 down',
      });
      expectObservable(told(scriptedTopology('-a-r#'))).toBe(
        '-a-r#',
        { a: 'nodeAdded 127.0.0.1:9042 up', r: 'nodeRemoved 127.0.0.1:9042 down' },
        new Error('The script of the topology ends in an error.'),
      );
    });
  });

  it('begins again for everybody', () => {
    new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(({ expectObservable }) => {
      const types = scriptedTopology('--u').pipe(map(({ type }) => type));
      expectObservable(types).toBe('--u', { u: 'nodeUp' });
      expectObservable(types, '-^').toBe('---u', { u: 'nodeUp' });
    });
  });

  it('refuses what stands for nothing', () => {
    expect(() => scriptedTopology('--z')).toThrow(ConfigurationError);
    expect(() => scriptedTopology('--z')).toThrow('"z" stands for no change of the topology');
    const scripted = (change: object) => () => scriptedTopology('--x', { x: change as never });
    expect(scripted({ type: 'nodeup' })).toThrow('Did you mean "nodeUp"?');
    expect(scripted({ type: 'nodeUp', node: { adress: 'x' } })).toThrow('Did you mean "address"?');
    expect(scripted({})).toThrow('The change "x" needs a type.');
  });
});
