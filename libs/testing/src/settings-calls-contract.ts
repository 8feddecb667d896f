/** What every way of calling an agent keeps of the calls for settings. */
import { expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import type { ConfigureAnswer, ConfigureRequest, HeldSettings } from '@kubeos/core';
import type { SettingsReport, SettingsSet, SettingsStatus } from '@kubeos/core';
import { fullAgentStatus, leanAgentStatus } from './agent-status.ts';
import type { StubbedAgent } from './agent-stub.ts';

/** The calls for settings as a client has them. */
export interface SettingsCalls {
  configure(request: ConfigureRequest, signal: AbortSignal): Promise<ConfigureAnswer>;
  previewSettings(settings: SettingsSet, signal: AbortSignal): Promise<SettingsReport>;
  getSettings(signal: AbortSignal): Promise<HeldSettings & { readonly status?: SettingsStatus }>;
  getDrift(signal: AbortSignal): Promise<SettingsStatus>;
}

const values: readonly unknown[] = [
  ...[0, -1, 0.1, 1e21, Number.MAX_SAFE_INTEGER],
  ...['', '1', ' é\t"', true, false, null, [], [null, 1, '1'], {}, { a: { b: [null] } }],
];
const fullSet: SettingsSet = {
  version: '3',
  drift: 'heal',
  configs: [
    {
      model: 'kubernetes.kubelet',
      configpath: '/etc/kubernetes/kubelet.yaml',
      contents: [
        ...values.map((value, index) => ({ key: `key${String(index)}`, value, operation: '' })),
        { key: 'gone', operation: 'delete' },
      ],
      restart: true,
      reboot: 'ifNeeded',
    },
    { model: 'grub.cmdline.current', contents: [{}], restart: false, reboot: 'never' },
    { model: 'pam.limits', configpath: '' },
  ],
};
const request: ConfigureRequest = {
  ...{ id: 'os-uid/node-uid/3', seq: 3, type: 'config', phase: 'After' },
  settings: fullSet,
  confirmTimeoutSeconds: 300,
};
const fullReport: SettingsReport = {
  models: [
    {
      model: 'kubernetes.kubelet',
      path: '/etc/kubernetes/kubelet.yaml',
      settings: [
        { key: 'a', outcome: 'unchanged' },
        { key: 'b', outcome: 'set' },
        { key: 'c', outcome: 'added' },
        { key: 'd', outcome: 'removed' },
        { key: 'e', outcome: 'refused', reason: 'There is no such field' },
      ],
    },
    { model: 'kernel.sysctl', settings: [] },
  ],
  disruption: 'restart',
  pendingRestarts: ['containerd.service'],
  rebootPending: true,
};
const leanReport: SettingsReport = {
  ...{ models: [], disruption: 'none', pendingRestarts: [], rebootPending: false },
};

/** Declares the tests. `reach` opens a client of an agent that answers so. */
export function describeSettingsCalls(
  reach: (agent: Partial<StubbedAgent>) => Promise<SettingsCalls>,
): void {
  const unending = new AbortController().signal;

  it.each([
    ['full', fullSet, fullReport],
    ['lean', {}, leanReport],
  ])('carry a %s set of settings and its report unchanged', async (_name, settings, report) => {
    const seen: unknown[] = [];
    const calls = await reach({
      configure: async (asked) => {
        seen.push(asked);
        return { result: 'Configured', report };
      },
      preview: async (asked) => {
        seen.push(asked);
        return report;
      },
    });
    const asked = { ...request, settings };
    expect(await calls.configure(asked, unending)).toEqual({ result: 'Configured', report });
    expect(await calls.previewSettings(settings, unending)).toEqual(report);
    // Strictly: an absent value is not one that is undefined.
    expect(seen).toStrictEqual([asked, settings]);
  });

  it.each(['Prepare', 'Before', 'After'] as const)('configure in %s', async (phase) => {
    const seen: unknown[] = [];
    const answer: ConfigureAnswer = {
      ...{ result: 'Prepared', slot: 'B', version: 'KubeOS 1', report: fullReport },
    };
    const calls = await reach({
      configure: async (asked) => {
        seen.push(asked.phase);
        return answer;
      },
    });
    expect(await calls.configure({ ...request, phase }, unending)).toEqual(answer);
    expect(seen).toEqual([phase]);
  });

  it.each([
    ['full', { before: fullSet, after: { version: '1' } }, fullAgentStatus],
    ['lean', {}, leanAgentStatus],
  ])('carry %s held sets unchanged', async (_name, held, status) => {
    const calls = await reach({ heldSettings: async () => held, status: async () => status });
    const known = status.settings === undefined ? {} : { status: status.settings };
    expect(await calls.getSettings(unending)).toStrictEqual({ ...held, ...known });
  });

  it('carry what a look for drift has found', async () => {
    const none = { total: 0, first: [] };
    const found: SettingsStatus = {
      ...{ refused: none, drift: { total: 1, first: [{ model: 'm', key: 'k', message: 'x' }] } },
      ...{ pendingRestarts: [], rebootPending: false },
    };
    const calls = await reach({ checkDrift: async () => found });
    expect(await calls.getDrift(unending)).toEqual(found);
  });

  it('carry a set as large as an object of Kubernetes can hold', async () => {
    const contents = Array.from({ length: 4000 }, (_, index) => ({
      ...{ key: `net.key${String(index)}`, value: 'v'.repeat(64), operation: '' },
    }));
    const settings = { version: '1', configs: [{ model: 'kernel.sysctl', contents }] };
    const seen: unknown[] = [];
    const calls = await reach({
      preview: async (asked) => {
        seen.push(asked);
        return leanReport;
      },
    });
    await calls.previewSettings(settings, unending);
    expect(seen).toEqual([settings]);
  });

  it('refuse settings of a shape that no set has, before the agent sees them', async () => {
    const calls = await reach({ preview: async () => leanReport });
    const settings = { configs: [{ model: 'kernel.sysctl', contents: [{ key: 1 }] }] };
    const failure = await calls
      .previewSettings(settings, unending)
      .catch((thrown: unknown) => KubeosError.from(thrown));
    expect(failure).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(failure).toHaveProperty('message', expect.stringContaining('configs.0.contents.0.key'));
  });

  it('carry the failure of settings', async () => {
    const calls = await reach({
      configure: async () => {
        throw new KubeosError('SETTINGS_UNREADABLE', 'Line 3 is no YAML');
      },
    });
    const failure = { code: 'SETTINGS_UNREADABLE', message: 'Line 3 is no YAML' };
    await expect(calls.configure(request, unending)).rejects.toMatchObject(failure);
  });
}
