import {
  catchError,
  concat,
  defer,
  EMPTY,
  endWith,
  ignoreElements,
  map,
  merge,
  ReplaySubject,
  retry,
  Subject,
  take,
  takeUntil,
  tap,
  timeout,
  timer,
  type Observable,
} from 'rxjs';
import type { CassandraNode, NodeExit } from './cassandra-node.js';
import type { ClusterPlan, NodePlan } from './cluster-plan.js';
import { answersCql, reachesPeers, type Endpoint } from './cql-probe.js';
import { CassandraStartError, NodeStateError, NodetoolError } from './errors.js';
import { outputLines, startGuarded, type GuardedProcess, type ProcessEnd } from './guarded-process.js';
import { daemonArguments, nodetoolArguments, type JavaSetup } from './java-arguments.js';
import { lastLines } from './last-lines.js';
import { runCommand } from './run-command.js';

/** How long an orderly stop may take, each of its two steps, before the process is killed. */
const stopTimeout = 30_000;
/** How long one attempt to reach a node may take. A login on a busy machine takes seconds. */
const attemptTimeout = 15_000;
const attemptInterval = 100;

/** What runs at present. */
interface Run {
  readonly process: GuardedProcess;
  paused: boolean;
  /** Whether it has been told to end: who wants to start it must first wait until it is gone. */
  ending: boolean;
}

/** A node on this machine: at most one process of Cassandra at a time. */
export class LocalNode implements CassandraNode {
  readonly address: string;
  readonly datacenter: string;
  readonly rack: string;
  readonly logs: Observable<string>;
  readonly exits: Observable<NodeExit>;
  readonly #plan: ClusterPlan;
  readonly #setup: JavaSetup;
  readonly #endpoint: Endpoint;
  readonly #log = new ReplaySubject<string>(1000);
  readonly #exits = new Subject<NodeExit>();
  #run: Run | undefined;
  #retired = false;

  constructor(plan: ClusterPlan, node: NodePlan, setup: JavaSetup) {
    this.address = `${node.host}:${plan.port}`;
    this.datacenter = node.datacenter;
    this.rack = node.rack;
    this.logs = this.#log.asObservable();
    this.exits = this.#exits.asObservable();
    this.#plan = plan;
    this.#setup = setup;
    this.#endpoint = { host: node.host, port: plan.port, tls: plan.tls, authentication: plan.authentication };
  }

  start(): Observable<void> {
    return defer(() => {
      if (this.#retired) throw new NodeStateError(this.address, `The cluster of node ${this.address} is stopped.`);
      if (this.#run?.ending) return concat(this.#run.process.ended.pipe(ignoreElements()), this.start());
      if (this.#run?.paused)
        throw new NodeStateError(this.address, `Node ${this.address} is paused; resume it instead.`);
      return this.#until('answered CQL', answersCql(this.#endpoint), (this.#run ??= this.#launch()));
    });
  }

  /** Completes when the node reaches all others. Errors as `start()` does. */
  join(others: number): Observable<never> {
    return defer(() => this.#until('reached all other nodes', reachesPeers(this.#endpoint, others), this.#running()));
  }

  kill(): Observable<void> {
    return defer(() => {
      const run = this.#run;
      if (!run) return EMPTY;
      run.ending = true;
      run.process.signal('SIGKILL');
      return run.process.ended.pipe(ignoreElements());
    });
  }

  pause(): Observable<void> {
    return defer(() => {
      const run = this.#running();
      run.paused = true;
      run.process.signal('SIGSTOP');
      return EMPTY;
    });
  }

  resume(): Observable<void> {
    return defer(() => {
      this.#wake(this.#running());
      return EMPTY;
    });
  }

  stop(): Observable<void> {
    return defer(() => {
      const run = this.#run;
      if (!run) return EMPTY;
      this.#wake(run);
      // A drain that fails is no reason to stay: SIGTERM has Cassandra drain as well.
      const drain = this.nodetool('drain').pipe(
        ignoreElements(),
        takeUntil(run.process.ended),
        timeout({ first: stopTimeout, with: () => EMPTY }),
        catchError(() => EMPTY),
      );
      return concat(drain, this.#terminate());
    });
  }

  nodetool(...parameters: readonly string[]): Observable<string> {
    return runCommand(this.#setup.java, nodetoolArguments(this.#setup, parameters), { cwd: this.#setup.folder }).pipe(
      map((result) => {
        if (result.exitCode === 0) return result.stdout;
        throw new NodetoolError(
          `nodetool ${parameters.join(' ')} on node ${this.address} failed ` +
            `(${result.signal ?? `exit code ${result.exitCode}`}).${lastLines(`${result.stdout}\n${result.stderr}`.split('\n'), 5)}`,
          result,
        );
      }),
    );
  }

  /** Ends the node for good, with a farewell to its data if they are to be kept. Completes when it is gone. */
  retire({ orderly }: { orderly: boolean }): Observable<never> {
    return defer(() => {
      this.#retired = true;
      return concat(
        orderly ? this.#terminate() : this.kill(),
        defer(() => (this.#log.complete(), this.#exits.complete(), EMPTY)),
      ).pipe(ignoreElements());
    });
  }

  #launch(): Run {
    const { java, folder } = this.#setup;
    const process = startGuarded(java, daemonArguments(this.#setup, this.#plan), { cwd: folder });
    const run: Run = { process, paused: false, ending: false };
    outputLines(process).subscribe((line) => this.#log.next(line));
    process.ended.subscribe((end) => {
      this.#run = undefined;
      this.#exits.next({ ...end, isWanted: run.ending });
    });
    return run;
  }

  #running(): Run {
    if (!this.#run) throw new NodeStateError(this.address, `Node ${this.address} is not running.`);
    return this.#run;
  }

  #wake(run: Run): void {
    run.paused = false;
    run.process.signal('SIGCONT');
  }

  #terminate(): Observable<never> {
    return defer(() => {
      const run = this.#run;
      if (!run) return EMPTY;
      run.ending = true;
      run.process.signal('SIGTERM');
      this.#wake(run); // a paused process does not look at its signals
      const tooLong = timer(stopTimeout).pipe(tap(() => run.process.signal('SIGKILL')));
      return merge(tooLong, run.process.ended).pipe(takeUntil(run.process.ended), ignoreElements());
    });
  }

  /** Makes an attempt again and again. Completes when it succeeds; errors when the node ends, or at the latest in time. */
  #until(goal: string, attempt: Observable<never>, run: Run): Observable<never> {
    let lastFailure: unknown;
    const success = attempt.pipe(
      timeout(attemptTimeout),
      retry({
        delay: (failure) => {
          lastFailure = failure;
          return timer(attemptInterval);
        },
      }),
      endWith(undefined),
    );
    const death = run.process.ended.pipe(
      map((end) => {
        throw this.#startError(`ended (${describe(end)}) before it ${goal}`);
      }),
    );
    return merge(success, death).pipe(
      timeout({
        first: this.#plan.startTimeout,
        with: () => {
          throw this.#startError(`has not ${goal} within ${this.#plan.startTimeout} ms`, lastFailure);
        },
      }),
      take(1),
      ignoreElements(),
    );
  }

  #startError(what: string, cause?: unknown): CassandraStartError {
    const lines: string[] = [];
    this.#log.subscribe((line) => lines.push(line)).unsubscribe();
    // Frames of stack traces would push out of the message the very line that says what is wrong.
    const telling = lines.filter((line) => !/^\s+(at |\.\.\. \d+ )/.test(line));
    const reason = cause instanceof Error ? ` (${cause.message})` : '';
    return new CassandraStartError(
      this.address,
      `Node ${this.address} ${what}${reason}. The end of its log:${lastLines(telling, 20)}`,
      cause === undefined ? undefined : { cause },
    );
  }
}

function describe({ exitCode, signal }: ProcessEnd): string {
  return signal ?? `exit code ${exitCode}`;
}
