// What comes in together is handed out first, and what it sets off begins behind it: the code of the one and that of the other take turns once
// for many requests rather than for each, which processors remember better.

/** What can wait for the end of what comes in together. */
export interface PutOff {
  /** Whether it waits. For {@link putOff}, which sets it. */
  isPutOff: boolean;
  /** Begins what there is room for by now. */
  proceed(): void;
}

const waiting: PutOff[] = [];
let depth = 0;

/** Hands out what has come in together; what was put off meanwhile begins at its end, in the same turn of the event loop. */
export function together(handOut: () => void): void {
  depth++;
  try {
    handOut();
  } finally {
    depth--;
    if (depth === 0) proceed();
  }
}

/** Begins once at the end of what comes in together, however often it is put off until then; at once where nothing does. */
export function putOff(work: PutOff): void {
  if (depth === 0) {
    work.proceed();
  } else if (!work.isPutOff) {
    work.isPutOff = true;
    waiting.push(work);
  }
}

/** All of them, whatever one of them throws. */
function proceed(): void {
  try {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      next.isPutOff = false;
      next.proceed();
    }
  } finally {
    if (waiting.length > 0) proceed();
  }
}
