/** The proxy's metrics. It is on every node and has few of them, so that it writes the text itself. */
import {
  errorCodes,
  proxyMetrics,
  slotNames,
  type AgentStatus,
  type MetricDescription,
} from '@kubeos/core';

/** What the metrics tell. */
export interface MetricsInput {
  readonly version: string;
  readonly node: string;
  readonly agent: AgentStatus | undefined;
  /** Of no account while there is no snapshot. */
  readonly snapshotAgeSeconds: number;
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
  const { agent } = input;
  return [...ownMetrics(input), ...(agent === undefined ? [] : agentMetrics(agent, input))]
    .map(textOf)
    .join('');
}

function ownMetrics(input: MetricsInput): readonly Metric[] {
  return [
    one(proxyMetrics.info, 1, { version: input.version, node: input.node }),
    one(proxyMetrics.passes, input.passes),
    one(proxyMetrics.failedPasses, input.failedPasses),
    one(proxyMetrics.apiAge, input.apiAgeSeconds),
    one(proxyMetrics.residentMemory, input.residentBytes),
  ];
}

function agentMetrics(agent: AgentStatus, { snapshotAgeSeconds }: MetricsInput): readonly Metric[] {
  const { operation, lastFailure } = agent;
  return [
    one(proxyMetrics.snapshotAge, snapshotAgeSeconds),
    one(proxyMetrics.agentInfo, 1, { version: agent.agentVersion, system: agent.version }),
    one(proxyMetrics.boot, 1, { why: agent.bootWhy }),
    infos(
      proxyMetrics.slotInfo,
      slotNames.map((slot) => ({
        slot,
        state: agent.slots[slot].state,
        version: agent.slots[slot].version ?? '',
        booted: String(agent.bootedSlot === slot),
      })),
    ),
    one(proxyMetrics.agentHeld, Number(agent.held)),
    infos(
      proxyMetrics.agentWarning,
      // Two of one reason would be two values of one series, which spoils the whole answer.
      [...new Set(agent.warnings.map(({ reason }) => reason))].map((reason) => ({ reason })),
    ),
    infos(
      proxyMetrics.lastFailure,
      lastFailure === undefined
        ? []
        : [{ reason: errorCodes[lastFailure.code].reason, class: lastFailure.class }],
    ),
    one(proxyMetrics.operationRunning, Number(operation?.state === 'Running')),
    one(proxyMetrics.operationProgress, operation?.progress?.bytesDone ?? 0),
    ...settingsMetrics(agent.settings),
  ];
}

function settingsMetrics(settings: AgentStatus['settings']): readonly Metric[] {
  const { refused, drift, pendingRestarts = [], rebootPending = false } = settings ?? {};
  return [
    one(proxyMetrics.settingsRefused, refused?.total ?? 0),
    one(proxyMetrics.settingsDrifted, drift?.total ?? 0),
    one(proxyMetrics.settingsPending, Number(rebootPending || pendingRestarts.length > 0)),
  ];
}

function one(metric: MetricDescription, value: number, labels?: Labels): Metric {
  return { metric, samples: [labels === undefined ? { value } : { labels, value }] };
}

/** What is told by labels. */
function infos(metric: MetricDescription, labels: readonly Labels[]): Metric {
  return { metric, samples: labels.map((each) => ({ labels: each, value: 1 })) };
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
