import { concat, ignoreElements, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import { type Checks, checkOptions, flag, oneName, text, unknownName } from '../check.js';
import type { NodeEvent } from '../cluster/cluster-event.js';
import type { Node } from '../cluster/node.js';
import { ConfigurationError } from '../errors.js';
import { parseMarbles } from './server/marble-script.js';

/** What a letter of the diagram stands for, where it is not what {@link scriptedTopology} takes it for. */
export interface ScriptedChange {
  readonly type: NodeEvent['type'];
  /** What is not given is that of the only node there is otherwise. */
  readonly node?: Partial<Node>;
}

const LETTERS: Readonly<Record<string, ScriptedChange>> = {
  u: { type: 'nodeUp' },
  d: { type: 'nodeDown' },
  a: { type: 'nodeAdded' },
  r: { type: 'nodeRemoved' },
};

const NODE_CHECKS: Checks<Node> = {
  hostId: text,
  address: text,
  datacenter: text,
  rack: text,
  isUp: flag,
  releaseVersion: text,
};

const CHANGE_CHECKS: Checks<ScriptedChange> = {
  type: oneName(['nodeUp', 'nodeDown', 'nodeAdded', 'nodeRemoved']),
  node: (value) => checkOptions(value, NODE_CHECKS, 'properties of a node'),
};

const NODE: Node = {
  hostId: '00000000-0000-4000-8000-000000000001',
  address: '127.0.0.1:9042',
  datacenter: 'datacenter1',
  rack: 'rack1',
  isUp: true,
  releaseVersion: '5.0.5',
};

/**
 * Changes of the topology, as `session.events` tells of them, at the times of a marble diagram, of which a character is a millisecond: `u` a node is up, `d` it
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
): Observable<NodeEvent> {
  for (const [letter, change] of Object.entries(changes)) {
    checkOptions(change, CHANGE_CHECKS, `parts of the change "${letter}"`);
    if ((change.type as unknown) === undefined) throw new ConfigurationError(`The change "${letter}" needs a type.`);
  }
  const known = { ...LETTERS, ...changes };
  const steps: Observable<NodeEvent>[] = [];
  let time = 0;
  for (const { at, marbles: letters } of parseMarbles(marbles)) {
    steps.push(timer(at - time).pipe(ignoreElements()));
    time = at;
    for (const letter of letters) {
      if (letter === '|') return concat(...steps);
      else if (letter === '#') steps.push(throwError(() => new Error('The script of the topology ends in an error.')));
      else if (Object.hasOwn(known, letter)) steps.push(of(eventOf(known[letter]!)));
      else {
        const message = `In the diagram "${marbles}", "${letter}" stands for no change of the topology.`;
        throw new ConfigurationError(unknownName(message, letter, Object.keys(known)));
      }
    }
  }
  return concat(...steps, NEVER);
}

function eventOf({ type, node }: ScriptedChange): NodeEvent {
  return { type, node: { ...NODE, isUp: type === 'nodeUp' || type === 'nodeAdded', ...node } };
}
