// Readings of sensors, averaged and watched while they are being written:
// `CASSANDRA_CONTACT_POINTS=127.0.0.1:9042 npx tsx docs/examples/realtime.ts`.
// It makes the keyspace `rxcql_realtime`, and drops it in the end.
import {
  bufferTime,
  concatMap,
  connect,
  defer,
  distinctUntilChanged,
  filter,
  forkJoin,
  groupBy,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  type Observable,
  repeat,
  scan,
  skipWhile,
  take,
  tap,
  timer,
} from 'rxjs';
import { createSession } from 'rxcql';

const contactPoints = (process.env['CASSANDRA_CONTACT_POINTS'] ?? '127.0.0.1:9042').split(',');
const session = createSession({ contactPoints });

for (const statement of [
  "CREATE KEYSPACE IF NOT EXISTS rxcql_realtime WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  'USE rxcql_realtime',
  'CREATE TABLE IF NOT EXISTS readings (sensor text, at timestamp, celsius double, PRIMARY KEY (sensor, at))',
]) {
  await lastValueFrom(session.execute(statement));
}

interface Reading {
  readonly sensor: string;
  readonly at: Date;
  readonly celsius: number;
}

const SENSORS = ['cellar', 'oven', 'roof'];
const READINGS = 60;
const INTERVAL = 25;
const WINDOW = 10 * INTERVAL;
const LIMIT = 50;

// --- Who writes: a reading of each sensor every 25 ms. The oven is hot for a third of the time.

const start = Date.now();
const madeUp = (sensor: string, tick: number): Reading => ({
  sensor,
  at: new Date(start + tick * INTERVAL),
  celsius: sensor === 'oven' && tick >= 20 && tick < 40 ? 80 : 20,
});

const insert = 'INSERT INTO readings (sensor, at, celsius) VALUES (:sensor, :at, :celsius)';
const producer = timer(0, INTERVAL).pipe(
  take(READINGS),
  concatMap((tick) => forkJoin(SENSORS.map((sensor) => session.execute(insert, madeUp(sensor, tick))))),
  ignoreElements(),
);

// --- Who reads

/**
 * The readings of a sensor as they come: asks again and again for those after the last one. A sensor has its own partition, whose
 * readings are written in the order of their times: one that came late would be missed.
 */
function readingsOf(sensor: string): Observable<Reading> {
  const newer = 'SELECT sensor, at, celsius FROM readings WHERE sensor = ? AND at > ?';
  return defer(() => {
    let last = new Date(start - 1);
    return defer(() => session.query<Reading>(newer, [sensor, last])).pipe(
      concatMap((page) => page),
      tap(({ at }) => (last = at)),
      repeat({ delay: 50 }),
    );
  });
}

/** The readings of the last 250 ms, by the clock of the sensor: it does not matter how late they are read. */
const slide = (window: readonly Reading[], reading: Reading): readonly Reading[] => [
  ...window.filter(({ at }) => reading.at.getTime() - at.getTime() < WINDOW),
  reading,
];

interface Average {
  readonly sensor: string;
  readonly celsius: number;
}

const averageOf = (window: readonly Reading[]): Average => ({
  sensor: window[0]!.sensor,
  celsius: window.reduce((sum, { celsius }) => sum + celsius, 0) / window.length,
});

const averages = merge(
  ...SENSORS.map((sensor) =>
    readingsOf(sensor).pipe(
      take(READINGS), // Here it ends. A service would go on until it is told to stop.
      scan(slide, []),
      map(averageOf),
    ),
  ),
);

/** Every half second what the sensors have on average, the newest of each. */
const report = (all: Observable<Average>): Observable<string> =>
  all.pipe(
    bufferTime(500),
    filter((some) => some.length > 0),
    map((some) => new Map(some.map(({ sensor, celsius }) => [sensor, celsius.toFixed(1)]))),
    map((newest) => SENSORS.map((sensor) => `${sensor} ${newest.get(sensor) ?? '-'}`).join(', ')),
  );

/** When a sensor becomes too hot on average, and when it no longer is. */
const alerts = (all: Observable<Average>): Observable<string> =>
  all.pipe(
    groupBy(({ sensor }) => sensor),
    mergeMap((ofSensor) =>
      ofSensor.pipe(
        map(({ celsius }) => celsius > LIMIT),
        distinctUntilChanged(),
        skipWhile((isHot) => !isHot),
        map((isHot) => `${ofSensor.key} is ${isHot ? 'too hot' : 'all right again'}`),
      ),
    ),
  );

const consumer = averages.pipe(connect((all) => merge(report(all), alerts(all))));

await lastValueFrom(merge(producer, consumer.pipe(tap((line) => console.log(line)))));

await lastValueFrom(session.execute('DROP KEYSPACE rxcql_realtime'));
await lastValueFrom(session.close());
