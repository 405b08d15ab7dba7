const EPOCH = Date.UTC(2026, 0, 1);

const SENSORS = Array.from(
  { length: 1_000 },
  (_, i) => `9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a${i.toString(16).padStart(4, '0')}`,
);

/** Readings of a sensor lie one behind the other, as the rows of a partition do. */
const RUN = 200;

/** The values of one row of eight columns. */
export function reading(id: number): [number, string, string, Date, number, number, boolean, string] {
  return [
    id,
    SENSORS[Math.floor(id / RUN) % SENSORS.length]!,
    `sensor-${id}`,
    new Date(EPOCH + id * 1000),
    id / 7,
    id * 1000,
    id % 2 === 0,
    id % 10 === 9 ? 'above what is ordinary here' : 'nothing out of the ordinary',
  ];
}
