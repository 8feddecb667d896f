/** The proxy's metrics. It is on every node and has few of them, so that it writes the text itself. */
import { proxyMetrics, slotNames, type AgentStatus, type MetricDescription } from '@kubeos/core';

/** What the metrics tell. */
export interface MetricsInput {
  readonly version: string;
  readonly agent: AgentStatus | undefined;
  readonly passes: number;
  readonly failedPasses: number;
  /** Seconds since the API server was last heard of. */
  readonly apiAgeSeconds: number;
  readonly residentBytes: number;
}

/** A metric with what it tells now. */
interface Metric {
  readonly metric: MetricDescription;
  readonly samples: readonly Sample[];
}

interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

type Labels = Readonly<Record<string, string>>;

/** The text of `/metrics`. */
export function metricsText(input: MetricsInput): string {
  return [...ownMetrics(input), ...(input.agent === undefined ? [] : agentMetrics(input.agent))]
    .map(textOf)
    .join('');
}

function ownMetrics(input: MetricsInput): readonly Metric[] {
  return [
    one(proxyMetrics.info, 1, { version: input.version }),
    one(proxyMetrics.passes, input.passes),
    one(proxyMetrics.failedPasses, input.failedPasses),
    one(proxyMetrics.apiAge, input.apiAgeSeconds),
    one(proxyMetrics.residentMemory, input.residentBytes),
  ];
}

function agentMetrics(agent: AgentStatus): readonly Metric[] {
  const { operation, settings } = agent;
  return [
    one(proxyMetrics.agentInfo, 1, { version: agent.agentVersion, system: agent.version }),
    {
      metric: proxyMetrics.slotInfo,
      samples: slotNames.map((slot) => ({
        labels: {
          slot,
          state: agent.slots[slot].state,
          version: agent.slots[slot].version ?? '',
          booted: String(agent.bootedSlot === slot),
        },
        value: 1,
      })),
    },
    one(proxyMetrics.agentHeld, Number(agent.held)),
    one(proxyMetrics.agentWarnings, agent.warnings.length),
    one(proxyMetrics.operationRunning, Number(operation?.state === 'Running')),
    one(proxyMetrics.operationProgress, operation?.progress?.bytesDone ?? 0),
    one(proxyMetrics.settingsRefused, settings?.refused.total ?? 0),
    one(proxyMetrics.settingsDrifted, settings?.drift.total ?? 0),
  ];
}

function one(metric: MetricDescription, value: number, labels?: Labels): Metric {
  return { metric, samples: [labels === undefined ? { value } : { labels, value }] };
}

function textOf({ metric: { name, type, help }, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => `${name}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function labelText(labels: Labels | undefined): string {
  if (labels === undefined) return '';
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
