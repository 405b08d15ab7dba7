import { isObservable, type Observable } from 'rxjs';
import { type Check, wholeNumber } from '../check.js';
import { ConfigurationError } from '../errors.js';

/** Says how much may be on its way at a time: what {@link adaptiveLimit} finds out, or an Observable of your own. */
export interface Limiter {
  /** Emits the limit at once, then whenever it changes. */
  readonly limit: Observable<number>;
  /** Is told how requests went, by those who keep to the limit. A limiter that goes by something else has none. */
  observe?(sample: LimitSample): void;
}

/** How a request went. */
export interface LimitSample {
  /** Milliseconds from when it was made to its answer, or its failure. */
  readonly latency: number;
  /** What it failed with. */
  readonly error?: Error;
  /** The node that answered, as `host:port`. */
  readonly node?: string;
}

/** The option `concurrency`: a number, or a limiter. */
export const concurrency: Check = (value, name) => {
  if (typeof value !== 'object' || value === null) {
    wholeNumber(1, 0x7fffffff)(value, name);
  } else if (!isObservable((value as Partial<Limiter>).limit)) {
    throw new ConfigurationError(`The option ${JSON.stringify(name)} must be a number, or a limiter with a "limit".`);
  }
};

/** What `mergeRows()` takes. */
export function limitOf(given: number | Limiter): number | Observable<number> {
  return typeof given === 'number' ? given : given.limit;
}
