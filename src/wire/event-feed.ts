import { type Observable, Subject } from 'rxjs';
import type { Envelope } from '../codec/envelope.js';
import type { CqlEvent } from '../codec/event.js';
import { readResponse, type Response } from '../codec/responses.js';

/** What a server says unasked over one connection. */
export class EventFeed {
  readonly events: Observable<CqlEvent>;
  private readonly host: string;
  private readonly subject = new Subject<CqlEvent>();
  private hasWarned = false;

  constructor(host: string) {
    this.host = host;
    this.events = this.subject.asObservable();
  }

  /** An event is a hint: one that nobody can read must not end the requests in flight. */
  receive(envelope: Envelope): void {
    let response: Response;
    try {
      response = readResponse(envelope);
    } catch (cause) {
      this.warn(cause);
      return;
    }
    if (response.kind === 'event') this.subject.next(response.event);
  }

  complete(): void {
    this.subject.complete();
  }

  /** Where there is one that cannot be read, there are more. */
  private warn(cause: unknown): void {
    if (this.hasWarned) return;
    this.hasWarned = true;
    const detail = cause instanceof Error ? cause.message : undefined;
    const warning = { type: 'RxcqlWarning', code: 'RXCQL_EVENT', ...(detail !== undefined && { detail }) };
    process.emitWarning(`${this.host} told of an event in a way that cannot be read.`, warning);
  }
}
