import { operatorMetrics, proxyMetrics, type MetricDescription } from '@kubeos/core';
import { cell, generated, table } from './markdown.ts';

/** The reference page of the metrics. */
export function metricsPage(): string {
  return [
    generated(),
    '# Metrics\n\nos-operator and os-proxy answer `/metrics` in the text format of Prometheus, beside `/healthz` and `/readyz`.\n',
    '## os-operator\n\nOn port 8080 unless `--listen` says otherwise. Beside these it exports what Node.js tells of its process: `process_*` and `nodejs_*`.\n',
    metricTable(Object.values(operatorMetrics)),
    '## os-proxy\n\nOn port 8081 unless `--listen` says otherwise. What is said of agent, slots and operation comes from the snapshot of the agent; before there is one, it is absent.\n',
    metricTable(Object.values(proxyMetrics)),
  ].join('\n');
}

function metricTable(metrics: readonly MetricDescription[]): string {
  return table(
    ['Metric', 'Type', 'Labels', 'Meaning'],
    metrics.map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      cell(help),
    ]),
  );
}
