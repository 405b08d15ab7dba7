// A program that uses nothing of Node, under "types": [], the default of TypeScript 6: what rxcql needs it brings itself.
import { concatMap } from 'rxjs';
import { connect } from 'rxcql';
import { startCassandra } from 'rxcql/testing';

startCassandra()
  .pipe(
    concatMap((cluster) => connect({ contactPoints: cluster.contactPoints })),
    concatMap((session) => session.query('SELECT cluster_name FROM system.local')),
  )
  .subscribe((page) => {
    const state: Uint8Array | undefined = page.pagingState;
    // @ts-expect-error -- it is not any
    const wrong: string = page.pagingState;
    void [state, wrong];
  });
