import { describe, expect, it } from 'vitest';
import { Lanes, type Waiting } from '../../src/session/lanes.js';

/** A queue, and which of its requests have proceeded. */
class Queue {
  readonly lanes = new Lanes();
  readonly asked: string[] = [];

  /** @param onProceed Says whether it has gone. */
  add(name: string, target: string | undefined, onProceed: () => boolean = () => true): Waiting {
    const proceed = (): boolean => {
      this.asked.push(name);
      return onProceed();
    };
    const request: Waiting = { target, expiresAt: 0, proceed, expire: () => undefined };
    this.lanes.add(request);
    return request;
  }

  /** Which requests are asked while there are so many places. */
  serve(places = Infinity): string[] {
    let left = places;
    this.lanes.serve(() => left-- > 0);
    return this.asked.splice(0);
  }
}

describe('requests that wait', () => {
  it('go in the order in which they came, whatever their lanes', () => {
    const queue = new Queue();
    for (const [i, target] of ['a', undefined, 'b', 'a', 'b', undefined].entries()) queue.add(String(i), target);
    expect(queue.lanes.size).toBe(6);
    expect(queue.serve(4)).toEqual(['0', '1', '2', '3']);
    expect(queue.serve()).toEqual(['4', '5']);
    expect(queue.lanes.isEmpty).toBe(true);
    expect(queue.serve()).toEqual([]);
  });

  it('are asked no further in the lane of a node that takes none, and go on in others', () => {
    const queue = new Queue();
    for (let i = 0; i < 3; i++) queue.add(`a${i}`, 'a', () => false);
    queue.add('b', 'b');
    expect(queue.serve()).toEqual(['a0', 'b']);
    expect(queue.serve()).toEqual(['a0']);
    expect([queue.lanes.isTaken('a'), queue.lanes.isTaken('b'), queue.lanes.isTaken(undefined)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('are asked 16 times in vain where they may go anywhere, since each has a plan of its own', () => {
    const queue = new Queue();
    for (let i = 0; i < 30; i++) queue.add(String(i), undefined, () => i === 3);
    expect(queue.serve()).toEqual(Array.from({ length: 17 }, (_, i) => String(i)));
    expect(queue.lanes.size).toBe(29);
  });

  it('are not asked once they have left, even if that is what another one sets off', () => {
    const queue = new Queue();
    queue.add('first', 'a', () => {
      queue.lanes.delete(left);
      return true;
    });
    const left = queue.add('left', 'b');
    queue.add('last', 'b');
    expect(queue.serve()).toEqual(['first', 'last']);
    expect(queue.lanes.isEmpty).toBe(true);
  });

  it('wait behind the others if they begin to wait again while they are asked', () => {
    const queue = new Queue();
    let again = 1;
    const first: Waiting = queue.add('first', undefined, () => {
      if (again-- > 0) queue.lanes.add(first);
      return true;
    });
    queue.add('second', undefined);
    expect(queue.serve(2)).toEqual(['first', 'second']);
    expect([...queue.lanes]).toEqual([first]);
    expect(queue.serve()).toEqual(['first']);
  });

  it('may leave while one goes through all of them', () => {
    const queue = new Queue();
    for (const target of ['a', 'a', 'b']) queue.add(target, target);
    for (const each of queue.lanes) queue.lanes.delete(each);
    expect([...queue.lanes]).toEqual([]);
    expect(queue.lanes.isEmpty).toBe(true);
  });
});
