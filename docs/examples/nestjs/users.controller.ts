import { pipeline, Transform } from 'node:stream';
import {
  type BeforeApplicationShutdown,
  Controller,
  Get,
  Inject,
  type MessageEvent,
  NotFoundException,
  Param,
  ParseIntPipe,
  Sse,
  StreamableFile,
} from '@nestjs/common';
import { concatMap, map, type Observable, Subject, takeUntil, toArray } from 'rxjs';
import { type Session, toReadable } from 'rxcql';
import { SESSION } from './session.module.js';

export interface User {
  readonly id: number;
  readonly name: string;
}

/** What is returned as an Observable is subscribed to by Nest, which sends the last value. */
@Controller('users')
export class UsersController implements BeforeApplicationShutdown {
  readonly #session: Session;
  readonly #closing = new Subject<void>();

  constructor(@Inject(SESSION) session: Session) {
    this.#session = session;
  }

  /** All rows in one answer, which therefore have to fit into memory. */
  @Get()
  all(): Observable<User[]> {
    return this.#session.query<User>('SELECT id, name FROM users').pipe(
      concatMap((page) => page),
      toArray(),
    );
  }

  /** All rows as a stream: pages are fetched as the client reads, and no longer than it does. */
  @Get('export')
  export(): StreamableFile {
    const users = this.#session.query<User>('SELECT id, name FROM users', [], { pageSize: 100 });
    const lines = new Transform({
      writableObjectMode: true,
      transform: (user: User, _encoding, done) => done(null, JSON.stringify(user) + '\n'),
    });
    return new StreamableFile(
      pipeline(toReadable(users), lines, () => undefined),
      { type: 'application/x-ndjson' },
    );
  }

  /** How many nodes are up, and again whenever that changes. Nest unsubscribes from it when the client goes away. */
  @Sse('nodes')
  nodes(): Observable<MessageEvent> {
    return this.#session.topology.pipe(
      map(({ nodes }) => ({ data: { up: nodes.filter(({ isUp }) => isUp).length } })),
      takeUntil(this.#closing),
    );
  }

  /** One request. */
  @Get(':id')
  one(@Param('id', ParseIntPipe) id: number): Observable<User> {
    return this.#session.execute<User>('SELECT id, name FROM users WHERE id = ?', [id]).pipe(
      map((page) => {
        const user = page.first();
        if (user === undefined) throw new NotFoundException('There is no such user.');
        return user;
      }),
    );
  }

  /** Closing waits for all that was begun: what has no end of its own is given one. */
  beforeApplicationShutdown(): void {
    this.#closing.next();
  }
}
