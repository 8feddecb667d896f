/** Metrics of prom-client from the descriptions of the house. */
import type { MetricDescription } from '@kubeos/core';
import { Gauge, type Registry } from 'prom-client';

/** A value with its labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric in the words of the registry. */
export function named<T extends string>({
  name,
  help,
  labels,
}: Pick<MetricDescription, 'name' | 'help'> & { readonly labels: readonly T[] }) {
  return { name, help, labelNames: labels };
}

/** Adds a gauge that is read at each scrape; series that are not told any more go. */
export function gauge(
  registry: Registry,
  metric: MetricDescription,
  read: () => Iterable<Sample>,
): void {
  new Gauge({
    ...named(metric),
    registers: [registry],
    collect() {
      this.reset();
      // A reset puts a zero in place of what has no labels; of what is not told there is to be nothing.
      this.remove({});
      for (const [labels, value] of read()) this.set(labels, value);
    },
  });
}
