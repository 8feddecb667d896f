/** One measured figure, as `bench.json` holds it. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it should be, as a text such as `<= 120`; absent for a figure that is only shown. */
  readonly target?: string;
  readonly ok: boolean;
}

/** A figure without a target. */
export function figure(name: string, value: number, unit: string): Result {
  return { name, value: rounded(value), unit, ok: true };
}

/** A figure that should not be above a limit. */
export function atMost(name: string, value: number, unit: string, limit: number): Result {
  return { name, value: rounded(value), unit, target: `<= ${limit}`, ok: value <= limit };
}

/** A figure that should not be below a limit. */
export function atLeast(name: string, value: number, unit: string, limit: number): Result {
  return { name, value: rounded(value), unit, target: `>= ${limit}`, ok: value >= limit };
}

/** The value in the middle; of an even number the upper one. Throws `RangeError` without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('There is no median of nothing');
  return middle;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
