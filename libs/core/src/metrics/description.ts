/** A metric as the programs export it and the reference page tells it. */

/** A metric as Prometheus knows it. */
export interface MetricDescription {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  /** A sentence without its full stop; times in seconds, sizes in bytes. */
  readonly help: string;
  readonly labels: readonly string[];
}

/** Metrics by the name that the code has for them. */
export type MetricDescriptions = Readonly<Record<string, MetricDescription>>;
