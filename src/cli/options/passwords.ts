import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { defer, from, map, type Observable, of, reduce, switchMap } from 'rxjs';
import { ConfigurationError } from '../../errors.js';
import type { Side } from './connection.js';
import type { Options } from './options.js';

/** Options with the passwords that are in files, or come by the standard input. @throws by the Observable: ConfigurationError, or that of the file. */
export function withPasswords(options: Options, stdin: Readable): Observable<Options> {
  return withPassword(options, '', stdin).pipe(switchMap((some) => withPassword(some, 'to-', stdin)));
}

function withPassword(options: Options, side: Side, stdin: Readable): Observable<Options> {
  return defer(() => {
    const path = options.text(`${side}password-file`);
    // What was said where one command was started counts for more than what is said for all.
    if (path === undefined || options.text(`${side}password`) !== undefined) return of(options);
    const text = path === '-' ? allOf(stdin) : of(readFileSync(path, 'utf8'));
    return text.pipe(
      map((given) => {
        const password = given.replace(/\r?\n[^]*$/, '');
        if (password === '') throw new ConfigurationError(`--${side}password-file has nothing in its first line.`);
        return options.with({ [`${side}password`]: password });
      }),
    );
  });
}

function allOf(stdin: Readable): Observable<string> {
  return from(stdin.setEncoding('utf8') as AsyncIterable<string>).pipe(reduce((text, chunk) => text + chunk, ''));
}
