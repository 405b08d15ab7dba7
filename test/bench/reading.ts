const EPOCH = Date.UTC(2026, 0, 1);
const SENSOR = '9b5ad4f0-3a1e-4b0c-9c53-0f1d2e3a4b5c';

/** The values of one row of eight columns. */
export function reading(id: number): [number, string, string, Date, number, number, boolean, string] {
  return [
    id,
    SENSOR,
    `sensor-${id}`,
    new Date(EPOCH + id * 1000),
    id / 7,
    id * 1000,
    id % 2 === 0,
    'nothing out of the ordinary',
  ];
}
