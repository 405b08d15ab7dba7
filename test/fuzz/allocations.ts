/* eslint-disable @typescript-eslint/unbound-method, @typescript-eslint/no-unnecessary-type-assertion -- it puts itself in the place of what allocates */
// Counts what is allocated by length: the buffers and typed arrays, which exist at once and in full, however little is put
// into them. Imported before the sources, which may keep the constructors that they find.

let total = 0;

/** How many bytes were allocated by length since the process began. */
export function allocatedBytes(): number {
  return total;
}

function counted<T extends new (...args: never[]) => { byteLength: number }>(constructor: T): T {
  return new Proxy(constructor, {
    construct(target, args: never[], newTarget: new (...args: never[]) => object) {
      const made = Reflect.construct(target, args, newTarget) as { byteLength: number };
      // A view of memory that is there already allocates none.
      if (!((args[0] as unknown) instanceof ArrayBuffer)) total += made.byteLength;
      return made;
    },
  });
}

const TYPED_ARRAYS = [
  'Uint8Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
] as const;
const globals = globalThis as unknown as Record<(typeof TYPED_ARRAYS)[number], typeof Uint8Array>;

/** Begins to count; what it returns ends it. */
export function countAllocations(): () => void {
  const originals = TYPED_ARRAYS.map((name) => [name, globals[name]] as const);
  const { alloc, allocUnsafe, allocUnsafeSlow } = Buffer;
  for (const [name, constructor] of originals) globals[name] = counted(constructor);
  const count =
    <A extends unknown[]>(allocate: (...args: A) => Buffer) =>
    (...args: A): Buffer => {
      const buffer = allocate(...args);
      total += buffer.length;
      return buffer;
    };
  Object.assign(Buffer, {
    alloc: count(alloc),
    allocUnsafe: count(allocUnsafe),
    allocUnsafeSlow: count(allocUnsafeSlow),
  });
  return () => {
    for (const [name, constructor] of originals) globals[name] = constructor;
    Object.assign(Buffer, { alloc, allocUnsafe, allocUnsafeSlow });
  };
}
