import { concat, ignoreElements, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { ConfigurationError } from '../errors.js';
import { parseMarbles } from './server/marble-script.js';

/** A node as {@link scriptedTopology} tells of it. */
export interface ScriptedNode {
  readonly hostId: string;
  /** As `host:port`. */
  readonly address: string;
  readonly datacenter: string;
  readonly rack: string;
  readonly isUp: boolean;
  readonly releaseVersion: string;
}

/** A change of the topology, in the form of the events of a session. */
export interface ScriptedEvent {
  readonly type: 'nodeUp' | 'nodeDown' | 'nodeAdded' | 'nodeRemoved';
  readonly node: ScriptedNode;
}

/** What a letter of the diagram stands for, where it is not what {@link scriptedTopology} takes it for. */
export interface ScriptedChange {
  readonly type: ScriptedEvent['type'];
  /** What is not given is that of the only node there is otherwise. */
  readonly node?: Partial<ScriptedNode>;
}

const LETTERS: Readonly<Record<string, ScriptedChange>> = {
  u: { type: 'nodeUp' },
  d: { type: 'nodeDown' },
  a: { type: 'nodeAdded' },
  r: { type: 'nodeRemoved' },
};

const NODE: ScriptedNode = {
  hostId: '00000000-0000-4000-8000-000000000001',
  address: '127.0.0.1:9042',
  datacenter: 'datacenter1',
  rack: 'rack1',
  isUp: true,
  releaseVersion: '5.0.5',
};

/**
 * Changes of the topology at the times of a marble diagram, of which a character is a millisecond: `u` a node is up, `d` it
 * is down, `a` it was added, `r` it was removed; `|` completes, `#` errors. Cold; its time is that of RxJS schedulers.
 *
 * @param changes What other letters stand for, and the same letters for other nodes.
 * @throws ConfigurationError for a letter that stands for nothing.
 *
 * @example
 * ```ts
 * scriptedTopology('--x--d|', { x: { type: 'nodeAdded', node: { address: '127.0.0.2:9042' } } });
 * ```
 */
export function scriptedTopology(
  marbles: string,
  changes: Readonly<Record<string, ScriptedChange>> = {},
): Observable<ScriptedEvent> {
  const known = { ...LETTERS, ...changes };
  const steps: Observable<ScriptedEvent>[] = [];
  let time = 0;
  for (const { at, marbles: letters } of parseMarbles(marbles)) {
    steps.push(timer(at - time).pipe(ignoreElements()));
    time = at;
    for (const letter of letters) {
      if (letter === '|') return concat(...steps);
      else if (letter === '#') steps.push(throwError(() => new Error('The script of the topology ends in an error.')));
      else if (Object.hasOwn(known, letter)) steps.push(of(eventOf(known[letter]!)));
      else
        throw new ConfigurationError(`In the diagram "${marbles}", "${letter}" stands for no change of the topology.`);
    }
  }
  return concat(...steps, NEVER);
}

function eventOf({ type, node }: ScriptedChange): ScriptedEvent {
  return { type, node: { ...NODE, isUp: type === 'nodeUp' || type === 'nodeAdded', ...node } };
}
