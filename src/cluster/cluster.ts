import { map, Observable, ReplaySubject, Subscription, switchMap, tap } from 'rxjs';
import type { Token } from '../codec/partitioner.js';
import { SessionClosedError } from '../errors.js';
import type { Connection } from '../wire/connection.js';
import { isVersionError } from '../wire/connect.js';
import { type Endpoint, formatEndpoint } from '../wire/socket.js';
import { candidates } from './candidates.js';
import { ClusterNews } from './cluster-news.js';
import type { ClusterOptions } from './cluster-options.js';
import { type Control, control } from './control.js';
import { Whereabouts } from './directory.js';
import { checkIdentity, OtherNodeError } from './identity.js';
import { localDataCenterOf } from './local-data-center.js';
import { locate } from './locate.js';
import { type LocatedNode, type Member, Members } from './members.js';
import type { Node, Topology } from './node.js';
import { type ClusterInfo, isTooOldForV5 } from './node-info.js';
import { PlanWalk } from './plan-walk.js';
import type { LoadBalancingPolicy, PlanContext } from './policies/load-balancing.js';
import { Pool } from './pool.js';
import { type Located, Replicas } from './replicas.js';
import { RequestContext, type Surroundings } from './request-context.js';
import { SchemaKeeper } from './schema-keeper.js';
import { noneChosen, policyError, unreachable, unreachableFrom } from './unreachable.js';
import { warnOnce } from './warn-once.js';
import { watch } from './watch.js';

/** The nodes of a cluster, as they come and go, the connections to them, and where partitions are. */
export class Cluster implements Surroundings {
  readonly members: Members = new Members();
  readonly keeper: SchemaKeeper = new SchemaKeeper();
  readonly news: ClusterNews = new ClusterNews();

  private readonly options: ClusterOptions;
  private readonly whereabouts: Whereabouts;
  private readonly opened = new ReplaySubject<never>();
  private readonly warn = warnOnce();
  readonly partitions: Replicas = new Replicas(this.warn);
  private clusterName: string | undefined;
  private running: Subscription | undefined;
  /** Ends the opening, with an error if there is one. */
  private settle: (error?: unknown) => void = () => undefined;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.whereabouts = new Whereabouts(options.contactPoints, options.directory);
  }

  /**
   * Connects. Completes when the first node is ready, after which the others go on connecting; errors when none could be
   * reached, with a cause that they share, or a `NoHostAvailableError`. Unsubscribed before, it gives up.
   */
  open(): Observable<never> {
    return new Observable((subscriber) => {
      const running = (this.running = new Subscription());
      let isSettled = false;
      this.settle = (error) => {
        if (isSettled) return;
        isSettled = true;
        if (error === undefined) {
          this.opened.complete();
          subscriber.complete();
        } else {
          this.stop();
          subscriber.error(error);
        }
      };
      running.add(() => this.settle(new SessionClosedError()));
      const watching = control({
        ...this.options,
        mayLowerVersion: () => this.current === undefined,
        warn: this.warn,
        candidates: this.whereabouts.contactPoints.pipe(
          map((all) => candidates(this.members, this.current?.localDataCenter, all, this.options.random)),
          map((all) => this.whereabouts.updated(all)),
        ),
        accepts: (info) => this.clusterName === undefined || this.clusterName === info.clusterName,
      }).pipe(switchMap((found) => this.watch(found)));
      running.add(watching.subscribe({ error: (error: unknown) => this.settle(unreachableFrom(error)) }));
      return () => {
        if (!isSettled) this.stop();
      };
    });
  }

  get current(): Topology | undefined {
    return this.news.current;
  }

  /** Stops for good. */
  end(): void {
    this.stop();
    this.news.end();
  }

  /** Closes all connections and makes no others. What is in flight fails. */
  private stop(): void {
    this.running?.unsubscribe();
    for (const member of this.members) member.stop();
    this.members.replace([]);
    this.news.current = undefined;
  }

  /** All connections there are for requests. */
  get connections(): Connection[] {
    return [...this.members.withPools()].flatMap(({ connections }) => connections.filter(({ isOpen }) => isOpen));
  }

  /** Whether a request could be sent to some node, or no hope that it will. */
  get hasRoom(): boolean {
    let isUp = false;
    for (const pool of this.members.withPools()) {
      if (pool.next(this.options.maxRequestsPerConnection) !== undefined) return true;
      isUp ||= pool.isUp;
    }
    return !isUp;
  }

  /** The way through the nodes for one request. */
  plan(context: PlanContext, policy: LoadBalancingPolicy = this.options.loadBalancing): PlanWalk<Member> {
    return new PlanWalk(policy, context, this.members);
  }

  /** For a request that could go anywhere. */
  private readonly anywhere: PlanContext = new RequestContext(this, undefined, undefined, false);

  /**
   * A connection to a node with a place for a request. Undefined if the node is away or busy; a node that nothing was sent to
   * before is connected to meanwhile.
   *
   * @param request What it is for, where the node has one connection that is better for it than the others.
   */
  connectionTo(member: Member, request?: PlanContext): Connection | undefined {
    if (member.pool === undefined) this.connect(member);
    return member.pool?.next(this.options.maxRequestsPerConnection, request);
  }

  /** A connection for whatever can be asked anywhere. */
  next(): Connection | undefined {
    if (this.current === undefined) return undefined;
    const plan = this.plan(this.anywhere);
    for (let member = plan.next(); member !== undefined; member = plan.next()) {
      const connection = this.connectionTo(member);
      if (connection !== undefined) return connection;
    }
    return undefined;
  }

  /** The nodes that have a partition, the primary replica first; empty if that is not known. */
  replicas(keyspace: string, partition: Located, table?: string): readonly Node[] {
    return this.partitions.of(keyspace, partition, table);
  }

  inFlight({ hostId }: Node): number {
    return this.members.get(hostId)?.pool?.inFlight ?? 0;
  }

  /** The token of a routing key; undefined if the driver does not know how the cluster spreads its partitions. */
  tokenOf(buffer: Uint8Array, start: number, end: number): Token | undefined {
    return this.partitions.partitioner?.token(buffer, start, end);
  }

  /** Why no node can be reached, by host. */
  unreachable(): Error {
    const pools = [...this.members.withPools()];
    return unreachable(new Map(pools.map(({ host, error }) => [host, error === undefined ? [] : [error]])));
  }

  private watch(found: Control): Observable<never> {
    const { port, schemaMetadata } = this.options;
    const { candidate, connection } = found;
    // What the certificate of the node names is what it was looked for under.
    const asked = { ...(connection.remote ?? candidate), name: candidate.name ?? candidate.host };
    return watch(
      found,
      { port, schemaMetadata, warn: this.warn },
      {
        onInfo: (info) => this.learn(info, asked),
        onSchema: ({ keyspaces }) => this.partitions.define(keyspaces),
        onSchemaChange: (change) => {
          this.partitions.tablets.onSchemaChange(change);
          this.news.tell({ ...change, type: 'schemaChange' });
        },
        onHint: (host, port, isUp) => this.hint(this.members.at(host, port), isUp),
        knows: (host, port) => this.members.at(host, port) !== undefined,
        ready: this.opened,
        keeper: this.keeper,
      },
    );
  }

  /** Takes in what a node says of the cluster. */
  private learn(info: ClusterInfo, asked: Endpoint): Observable<unknown> {
    const { addressTranslator, isAllowed, localDataCenter, contactPoints } = this.options;
    const behind = this.whereabouts.latest?.endpointOf;
    return locate(info, asked, this.members, { behind, addressTranslator, isAllowed, warn: this.warn }).pipe(
      tap((nodes) => {
        try {
          const local =
            this.current?.localDataCenter ??
            localDataCenterOf(localDataCenter ?? this.whereabouts.latest?.localDataCenter, nodes, contactPoints);
          this.clusterName = info.clusterName;
          if (this.current === undefined && nodes.some(isTooOldForV5)) this.options.version.lower();
          this.replace(nodes, info.partitioner, local);
        } catch (error) {
          this.settle(error);
        }
      }),
    );
  }

  private replace(nodes: readonly LocatedNode[], partitioner: string, localDataCenter: string): void {
    const isFirst = this.current === undefined;
    const { added, removed, moved, isChanged, isRingChanged } = this.members.replace(nodes);
    const toFollow = moved.filter(({ pool }) => pool !== undefined);
    for (const member of [...removed, ...moved]) member.stop();
    if (isRingChanged) this.partitions.arrange(partitioner, this.members);
    if (isChanged) this.publish(localDataCenter);
    if (!isFirst) for (const { node } of added) this.news.tell({ type: 'nodeAdded', node });
    for (const { node } of removed) this.news.tell({ type: 'nodeRemoved', node });
    // One that was lost where it was is in no plan, but may well be back where it is now.
    for (const member of toFollow) this.connect(member);
    this.connectWanted();
  }

  /** Has pools for the nodes that requests would be sent to. */
  private connectWanted(): void {
    const plan = this.plan(this.anywhere);
    for (let member = plan.next(); member !== undefined; member = plan.next()) this.connect(member);
    const isNone = this.members.withPools().next().done === true;
    if (isNone) this.settle(plan.error === undefined ? noneChosen(this.current) : policyError(plan.error));
  }

  private connect(member: Member): void {
    if (member.pool !== undefined || this.running?.closed !== false) return;
    const { node } = member;
    const options = { ...this.options, mayLowerVersion: () => member.mayLowerVersion };
    const pool = (member.pool = new Pool(member.endpoint, options, {
      check: (connection) => checkIdentity(connection, node.hostId, this.clusterName!),
      onOpened: () => {
        member.isProven = true;
        this.news.tell({ type: 'connectionOpened', node });
        this.setUp(member, true);
        this.options.onChange();
        this.settle();
      },
      onClosed: (_, error) => {
        this.news.tell({ type: 'connectionClosed', node, error });
        // What the driver closes itself says nothing of the node.
        if (error !== undefined) this.setUp(member, pool.isUp);
        this.options.onChange();
      },
      onFailed: () => this.onFailed(member, pool),
    }));
    member.running = pool.run().subscribe();
    this.running.add(member.running);
  }

  private onFailed(member: Member, pool: Pool): void {
    const { advertised } = member.info;
    const isOther = pool.lastError instanceof OtherNodeError;
    const isElsewhere = advertised !== undefined && pool.host !== formatEndpoint(advertised);
    if (isOther && isElsewhere && this.whereabouts.latest === undefined && this.options.isAllowed(advertised)) {
      // Behind the place that was asked there are several nodes: this one can only be met where it says that it is.
      member.stop();
      member.update({ ...member.info, endpoint: advertised });
      this.connect(member);
      return;
    }
    if (isVersionError(pool.lastError)) this.warn(`${pool.lastError.message} Nothing is sent to it.`);
    this.setUp(member, pool.isUp);
    this.options.onChange();
    const isLost = ({ lastError, isUp }: Pool): boolean => lastError !== undefined && !isUp;
    if ([...this.members.withPools()].every(isLost)) this.settle(this.unreachable());
  }

  private setUp({ node }: Member, isUp: boolean): void {
    if (node.isUp === isUp || this.members.get(node.hostId)?.node !== node) return;
    node.isUp = isUp;
    if (this.current !== undefined) this.publish(this.current.localDataCenter);
    this.news.tell({ type: isUp ? 'nodeUp' : 'nodeDown', node });
  }

  private hint(member: Member | undefined, isUp: boolean): void {
    if (member?.pool !== undefined) {
      if (isUp) member.pool.reconnect();
      else member.pool.probe();
    } else if (member !== undefined) {
      this.setUp(member, isUp);
      if (isUp) this.connectWanted();
    }
  }

  private publish(localDataCenter: string): void {
    this.news.publish(
      [...this.members].map(({ node }) => node),
      localDataCenter,
    );
  }
}
