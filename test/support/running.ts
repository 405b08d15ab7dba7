import { type Observable, ReplaySubject, firstValueFrom } from 'rxjs';

/** What a resource gives, and what leaves it. */
export interface Running<T> {
  readonly value: T;
  readonly stop: () => void;
}

/** Enters a resource of the testing kit: an Observable that emits when it is ready, and is left by unsubscribing. */
export async function run<T>(resource: Observable<T>): Promise<Running<T>> {
  const ready = new ReplaySubject<T>(1);
  const running = resource.subscribe(ready);
  return { value: await firstValueFrom(ready), stop: () => running.unsubscribe() };
}
