import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import { createSession, type Session, type SessionOptions } from 'rxcql';

/** The token of the session: `@Inject(SESSION)`. `Session` is an interface, of which nothing is left at run time. */
export const SESSION = Symbol('SESSION');

/** One session for the whole application. It connects with its first request, and is closed with the application. */
@Module({})
export class SessionModule implements OnApplicationShutdown {
  readonly #session: Session;

  static forRoot(options: SessionOptions): DynamicModule {
    return {
      module: SessionModule,
      global: true,
      providers: [{ provide: SESSION, useFactory: () => createSession(options) }],
      exports: [SESSION],
    };
  }

  constructor(@Inject(SESSION) session: Session) {
    this.#session = session;
  }

  onApplicationShutdown(): Promise<void> {
    return lastValueFrom(this.#session.close());
  }
}
