/** A seeded source of chance: the only one in the simulator, so that a seed replays exactly. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** An integer in [0, below). */
  below(below: number): number;
  /** An integer in [least, most]. */
  between(least: number, most: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of the items. Throws `RangeError` when there is none. */
  pick<T>(items: readonly T[]): T;
  /** A source of its own whose draws do not move this one. */
  fork(label: string): Random;
}

/** 32-bit FNV-1a of a text, http://www.isthe.com/chongo/tech/comp/fnv/. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Spreads a seed over the state of the generator (splitmix32 by Sebastiano Vigna). */
function spread(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}

/** The generator sfc32 of PractRand: small, fast and good enough for any seed. */
function sfc32(seed: number): () => number {
  const seeds = spread(seed);
  let a = seeds();
  let b = seeds();
  let c = seeds();
  let counter = 1;
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
}

/** Makes the source of chance that belongs to a seed. */
export function createRandom(seed: number): Random {
  const next = sfc32(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => probability > 0 && next() < probability,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('Picking from nothing');
      return item;
    },
    fork: (label) => createRandom(Math.imul(seed, 0x01000193) ^ hashText(label)),
  };
}
