import { concatMap, map, timer } from 'rxjs';
import { type CqlRequest } from 'rxcql/testing';
import { describe, expect } from 'vitest';
import { scenario } from './oracles.js';
import { PAGED, pageOf, PAGES, PAGING, rowsOfPage, TRUTH } from './paged.js';
import { VirtualTime } from './virtual-time.js';

const STREAMS = 20;

/** How long a consumer works on a page, in milliseconds. */
const WORK = 10_000;

describe.each([4, 5] as const)('consumers that take ten seconds for a page, in v%i', (protocolVersion) => {
  scenario('R32 are sent one page ahead, and are in nobody’s way', {}, async (world) => {
    const server = await world.server([PAGING]);
    const session = await world.session(server, { protocolVersion });
    await world.read(session).ended;
    const accepted = server.accepted;
    const asked: CqlRequest[] = [];
    server.requests.subscribe((request) => asked.push(request));
    const time = new VirtualTime();
    world.atEnd(() => time.stop());

    const read = Array.from({ length: STREAMS }, (): string[] => []);
    let completed = 0;
    read.forEach((values) =>
      session
        .query(PAGED)
        .pipe(
          concatMap((page) => {
            values.push(...page.toArray().map(({ v }) => v as string));
            return timer(WORK).pipe(map(() => page));
          }),
        )
        .subscribe({ complete: () => completed++ }),
    );
    let others = 0;
    while (completed < STREAMS && time.now < 2 * PAGES * WORK) {
      const before = time.now;
      const other = world.read(session);
      await time.settle(20);
      // Answered in the same moment: nobody has waited behind the slow ones.
      if (other.page !== undefined && time.now === before) others++;
      else world.violate('A quick request has waited.');
      await time.pass(WORK / 4);
      // The page without rows is nothing to wait for.
      const sent = asked.filter((request) => request.cql === PAGED && rowsOfPage(pageOf(request)).length > 0).length;
      const begun = read.reduce((sum, values) => sum + values.length / rowsOfPage(0).length, 0);
      expect(sent - begun).toBeLessThanOrEqual(STREAMS);
    }
    // Each works on its pages one after the other, the empty one as well.
    expect(read).toEqual(Array.from({ length: STREAMS }, () => TRUTH));
    expect(asked.filter(({ cql }) => cql === PAGED).length).toBe(STREAMS * PAGES);
    expect(others).toBeGreaterThanOrEqual(4 * PAGES - 4);
    // Minutes have passed: the heartbeats were answered.
    expect(server.accepted).toBe(accepted);
    time.stop();
    await world.recovers(() => world.read(session));
  });

  scenario('R32 need no traffic to keep their connection', {}, async (world) => {
    const server = await world.server([PAGING]);
    const session = await world.session(server, { protocolVersion });
    const accepted = server.accepted;
    const time = new VirtualTime();
    world.atEnd(() => time.stop());
    const seen: unknown[] = [];
    const slow = session.query(PAGED).subscribe((page) => seen.push(page));
    await time.pass(60_000);
    expect(seen.length).toBe(1);
    expect(server.accepted).toBe(accepted);
    slow.unsubscribe();
    time.stop();
    await world.recovers(() => world.read(session));
  });
});
