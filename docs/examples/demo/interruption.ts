import { fromEvent, map, merge, type Observable } from 'rxjs';

/** Somebody wants the program to end. */
export class Interruption extends Error {
  /** What shells expect of a program that a signal ends: 128 and the number of the signal. */
  readonly exitCode: number;

  constructor(signal: string, exitCode: number) {
    super(`Interrupted (${signal}).`);
    this.exitCode = exitCode;
  }
}

/** Ctrl-C, and the wish that the program terminates. */
export const interruptions: Observable<Interruption> = merge(
  fromEvent(process, 'SIGINT').pipe(map(() => new Interruption('SIGINT', 130))),
  fromEvent(process, 'SIGTERM').pipe(map(() => new Interruption('SIGTERM', 143))),
);
