/** The value of `key`, made and kept by `make` when there is none yet. */
export function getOrMake<K, V>(map: Kept<K, V>, key: K, make: () => V): V {
  const had = map.get(key);
  if (had !== undefined) return had;
  const made = make();
  map.set(key, made);
  return made;
}

/** A Map, or a WeakMap. */
type Kept<K, V> = { get: (key: K) => V | undefined; set: (key: K, value: V) => unknown };
