import type { Writable } from 'node:stream';
import { concatMap, ignoreElements, Observable } from 'rxjs';

/** Writes texts, each when the stream has taken the one before; completes when it has taken all. */
export function writeOut(texts: Observable<string>, stream: Writable): Observable<never> {
  return texts.pipe(
    concatMap((text) => written(text, stream)),
    ignoreElements(),
  );
}

function written(text: string, stream: Writable): Observable<never> {
  return new Observable((subscriber) => {
    stream.write(text, (error) => {
      if (error) subscriber.error(error);
      else subscriber.complete();
    });
  });
}
