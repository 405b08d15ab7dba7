/** Something that is asked for one value after another, and can be left. */
export type Pull<T> = SyncPull<T> | AsyncPull<T>;

export interface SyncPull<T> {
  readonly isAsync: false;
  next(): IteratorResult<T, unknown>;
  leave(): void;
}

export interface AsyncPull<T> {
  readonly isAsync: true;
  next(): PromiseLike<IteratorResult<T, unknown>>;
  leave(): void;
}

/** Undefined for what cannot be pulled. @throws What `source` throws when it is begun. */
export function pullFrom<T>(source: Iterable<T> | AsyncIterable<T>): Pull<T> | undefined {
  if (has(source, 'getReader')) return readerOf(source as unknown as WebStream<T>);
  if (has(source, Symbol.asyncIterator)) return asyncPull(source as AsyncIterable<T>);
  if (has(source, Symbol.iterator)) return syncPull(source as Iterable<T>);
  return undefined;
}

/** Whether it has a method of that name. */
export function has(source: unknown, method: PropertyKey): boolean {
  return typeof (source as Partial<Record<PropertyKey, unknown>> | null | undefined)?.[method] === 'function';
}

function syncPull<T>(source: Iterable<T>): SyncPull<T> {
  const iterator = source[Symbol.iterator]();
  return { isAsync: false, next: () => iterator.next(), leave: () => void iterator.return?.() };
}

function asyncPull<T>(source: AsyncIterable<T>): AsyncPull<T> {
  const iterator = source[Symbol.asyncIterator]();
  return {
    isAsync: true,
    next: () => iterator.next(),
    leave() {
      // A Readable: its iterator can be left only when it does not wait.
      if (has(source, 'destroy')) (source as unknown as { destroy: () => void }).destroy();
      void iterator.return?.().then(undefined, nobodyIsToldAnyMore);
    },
  };
}

/** As much of the ReadableStream of the web as is used; the types of it differ from one library to the next. */
interface WebStream<T> {
  getReader(): {
    read(): PromiseLike<{ done: boolean; value?: T | undefined }>;
    cancel(): PromiseLike<void>;
  };
}

/** By its reader and not by its iterator, which can be left only when it does not wait. */
function readerOf<T>(stream: WebStream<T>): AsyncPull<T> {
  const reader = stream.getReader();
  return {
    isAsync: true,
    next: () => reader.read() as PromiseLike<IteratorResult<T, unknown>>,
    leave: () => void reader.cancel().then(undefined, nobodyIsToldAnyMore),
  };
}

function nobodyIsToldAnyMore(): void {
  // What goes wrong while something is left that nobody wants any more.
}
