/** The proxy's metrics. It is on every node and has few of them, so that it writes the text itself. */
import { slotNames, type AgentStatus } from '@kubeos/core';

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

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly { readonly labels?: Labels; readonly value: number }[];
}

type Labels = Readonly<Record<string, string>>;

/** The text of `/metrics`. */
export function metricsText(input: MetricsInput): string {
  return [...proxyMetrics(input), ...(input.agent === undefined ? [] : agentMetrics(input.agent))]
    .map(textOf)
    .join('');
}

function proxyMetrics(input: MetricsInput): readonly Metric[] {
  return [
    gauge('kubeos_proxy_info', 'Version of the proxy', 1, { version: input.version }),
    {
      ...gauge('kubeos_proxy_passes_total', 'Passes of the loop', input.passes),
      type: 'counter',
    },
    {
      ...gauge('kubeos_proxy_failed_passes_total', 'Passes that failed', input.failedPasses),
      type: 'counter',
    },
    gauge(
      'kubeos_proxy_api_age_seconds',
      'Time since the API server was last heard of',
      input.apiAgeSeconds,
    ),
    gauge('process_resident_memory_bytes', 'Resident memory', input.residentBytes),
  ];
}

function agentMetrics(agent: AgentStatus): readonly Metric[] {
  const { operation } = agent;
  return [
    gauge('kubeos_agent_info', 'Version of the agent and of the running system', 1, {
      version: agent.agentVersion,
      system: agent.version,
    }),
    {
      name: 'kubeos_slot_info',
      type: 'gauge',
      help: 'What each slot holds; state and whether it is booted',
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
    gauge('kubeos_agent_held', 'Held by a rollback at the console', Number(agent.held)),
    gauge('kubeos_agent_warnings', 'Warnings of the agent', agent.warnings.length),
    gauge(
      'kubeos_operation_running',
      'A phase is at work on this node',
      Number(operation?.state === 'Running'),
    ),
    gauge(
      'kubeos_operation_progress_bytes',
      'How far the phase at work has come',
      operation?.progress?.bytesDone ?? 0,
    ),
  ];
}

function gauge(name: string, help: string, value: number, labels?: Labels): Metric {
  const sample = labels === undefined ? { value } : { labels, value };
  return { name, type: 'gauge', help, samples: [sample] };
}

function textOf({ name, type, help, samples }: Metric): string {
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
