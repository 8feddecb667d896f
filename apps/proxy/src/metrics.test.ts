import { describe, expect, it } from '@jest/globals';
import { proxyMetrics } from '@kubeos/core';
import { fullAgentStatus, leanAgentStatus } from '@kubeos/testing';
import { metricsText, type MetricsInput } from './metrics.ts';

const input: MetricsInput = {
  version: '1.2.3',
  agent: undefined,
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
    expect(text).toContain('kubeos_proxy_info{version="1.2.3"} 1\n');
    expect(text).not.toContain('kubeos_slot_info');
  });

  it('are those that are documented, with their labels', () => {
    const text = metricsText({ ...input, agent: leanAgentStatus });

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

  it('tell of settings how many the agent reports, not how many it names', () => {
    const text = metricsText({ ...input, agent: fullAgentStatus });

    expect(text).toContain('kubeos_settings_refused 14\n');
    expect(text).toContain('kubeos_settings_drifted 0\n');
  });
});
