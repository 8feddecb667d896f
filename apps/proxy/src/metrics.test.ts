import { describe, expect, it } from '@jest/globals';
import { proxyMetrics } from '@kubeos/core';
import { fullAgentStatus, leanAgentStatus } from '@kubeos/testing';
import { metricsText, type MetricsInput } from './metrics.ts';

const input: MetricsInput = {
  version: '1.2.3',
  node: 'worker-1',
  agent: undefined,
  snapshotAgeSeconds: 60,
  passes: 7,
  failedPasses: 2,
  apiAgeSeconds: 1.5,
  residentBytes: 1000,
};

describe('the metrics of os-proxy', () => {
  it('B-34: tell the proxy alone while there is no snapshot', () => {
    const text = metricsText(input);

    expect(text).toContain(
      '# TYPE kubeos_proxy_passes_total counter\nkubeos_proxy_passes_total 7\n',
    );
    expect(text).toContain('kubeos_proxy_info{version="1.2.3",node="worker-1"} 1\n');
    expect(text).not.toContain('kubeos_slot_info');
  });

  it('are those that are documented, with their labels', () => {
    const text = metricsText({ ...input, agent: fullAgentStatus });

    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gmu)].map((line) => line.slice(1));
    expect(types).toEqual(Object.values(proxyMetrics).map(({ name, type }) => [name, type]));
    for (const { name, labels } of Object.values(proxyMetrics)) {
      const told = new RegExp(`^${name}(?:\\{(.*)\\})? `, 'mu').exec(text)?.[1] ?? '';
      expect([...told.matchAll(/(\w+)="/gu)].map(([, label]) => label)).toEqual(labels);
    }
  });

  it('tell slots and progress from the snapshot', () => {
    const operation = {
      id: 'o/n/1',
      seq: 1,
      type: 'upgrade',
      phase: 'Prepare',
      state: 'Running',
      progress: { step: 'Writing', bytesDone: 42 },
    } as const;
    const text = metricsText({
      ...input,
      agent: {
        ...leanAgentStatus,
        bootedSlot: 'A',
        slots: { A: { state: 'good', version: 'Kube "OS"\\' }, B: { state: 'empty' } },
        operation,
      },
    });

    expect(text).toContain(
      'kubeos_slot_info{slot="A",state="good",version="Kube \\"OS\\"\\\\",booted="true"} 1\n' +
        'kubeos_slot_info{slot="B",state="empty",version="",booted="false"} 1\n',
    );
    expect(text).toContain('kubeos_operation_running 1\n');
    expect(text).toContain('kubeos_operation_progress_bytes 42\n');
  });

  it('tell why the slot was booted, what the agent warns of and how it failed last', () => {
    const [warning] = fullAgentStatus.warnings;
    const warnings = warning === undefined ? [] : [warning, { ...warning, message: 'again' }];
    const text = metricsText({
      ...input,
      agent: { ...fullAgentStatus, bootWhy: 'fallback', warnings },
    });

    expect(text).toContain('kubeos_agent_snapshot_age_seconds 60\n');
    expect(text).toContain('kubeos_agent_boot_info{why="fallback"} 1\n');
    expect(text.match(/^kubeos_agent_warning_info\{.*$/gmu)).toEqual([
      'kubeos_agent_warning_info{reason="PersistFull"} 1',
    ]);
    expect(text).toContain('kubeos_agent_last_failure_info{reason="NoAgent",class="bad"} 1\n');
  });

  it('tell of a node without failures and warnings that there are none', () => {
    const text = metricsText({ ...input, agent: leanAgentStatus });

    expect(text).toContain('# TYPE kubeos_agent_warning_info gauge\n# HELP');
    expect(text).not.toContain('kubeos_agent_last_failure_info{');
    expect(text).toContain('kubeos_settings_pending 0\n');
  });

  it.each([
    ['a reboot', { rebootPending: true, pendingRestarts: [] }, 1],
    ['a restart', { rebootPending: false, pendingRestarts: ['kubelet.service'] }, 1],
    ['nothing', { rebootPending: false, pendingRestarts: [] }, 0],
  ])('tell that settings wait for %s', (_what, pending, value) => {
    const none = { total: 0, first: [] };
    const settings = { refused: none, drift: none, ...pending };
    const text = metricsText({ ...input, agent: { ...leanAgentStatus, settings } });
    expect(text).toContain(`kubeos_settings_pending ${String(value)}\n`);
  });

  it('tell of settings how many the agent reports, not how many it names', () => {
    const text = metricsText({ ...input, agent: fullAgentStatus });

    expect(text).toContain('kubeos_settings_refused 14\n');
    expect(text).toContain('kubeos_settings_drifted 0\n');
  });
});
