import type { Observable } from 'rxjs';

/** Where the bytes of a file go. One operation at a time. */
export interface FileTarget {
  /** What the file is called in the end. */
  readonly file: string;
  /** Takes all of the bytes, and completes when it has. */
  write(bytes: Uint8Array): Observable<never>;
  /** Completes when all that was written will still be there after a crash, as far as that can be had. */
  flush(): Observable<never>;
  /** Gives the file its name, when it has been flushed. */
  publish(): void;
  /** Leaves nothing behind, if it has not been published. */
  discard(): void;
}
