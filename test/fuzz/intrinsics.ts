// What a name from the network could change for everybody.

const WATCHED = [Object.prototype, Array.prototype, Map.prototype, Function.prototype];

const snapshot = (object: object): [PropertyKey, unknown][] =>
  Reflect.ownKeys(object).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)?.value]);

const before = WATCHED.map(snapshot);
const counts = WATCHED.map((object) => Reflect.ownKeys(object).length);
let calls = 0;

/** Whether they have the properties that they had; whether these are the same is looked at every thousandth time. */
export function intrinsicsAreIntact(): boolean {
  if (!WATCHED.every((object, i) => Reflect.ownKeys(object).length === counts[i])) return false;
  if (calls++ % 1_000 !== 0) return true;
  return WATCHED.every((object, i) => {
    const now = snapshot(object);
    return now.every(([key, value], j) => key === before[i]![j]![0] && Object.is(value, before[i]![j]![1]));
  });
}
