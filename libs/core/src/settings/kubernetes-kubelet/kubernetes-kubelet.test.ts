import { describe, expect, it } from '@jest/globals';
import type { Setting, SettingPlan } from '../setting.ts';
import { planKubelet } from './index.ts';
import { config, head, planOf, textOf } from './plan.fixture.ts';

describe('a request for kubelet', () => {
  it('does the example of the specification, and nothing else to the file', () => {
    const text =
      'evictionHard: {memory.available: 200Mi}\nclusterDNS: ["10.0.0.9"]\nmaxPods: 110\n';
    const request = [
      { key: 'evictionHard."memory.available"', value: '1Gi' },
      { key: 'clusterDNS', value: ['10.0.0.10'] },
      { key: 'maxPods', operation: 'delete' },
    ];
    expect(planKubelet(text, request)).toEqual({
      kind: 'planned',
      settings: [
        { key: 'evictionHard."memory.available"', outcome: 'set', before: '200Mi', after: '1Gi' },
        {
          key: 'clusterDNS',
          outcome: 'set',
          before: '["10.0.0.9"]',
          after: '["10.0.0.9","10.0.0.10"]',
        },
        { key: 'maxPods', outcome: 'removed', before: '110' },
      ],
      text: 'evictionHard: {memory.available: 1Gi}\nclusterDNS: ["10.0.0.9", "10.0.0.10"]\n',
    });
  });

  it.each<[Setting, Omit<SettingPlan, 'key'>]>([
    [
      { key: 'maxPods', value: 200 },
      { outcome: 'set', before: '110', after: '200' },
    ],
    [
      { key: 'maxPods', value: 110 },
      { outcome: 'unchanged', before: '110', after: '110' },
    ],
    [
      { key: 'maxPods', value: 200, operation: '' },
      { outcome: 'set', before: '110', after: '200' },
    ],
    [
      { key: 'maxPods', value: 200, operation: 'Add' },
      { outcome: 'set', before: '110', after: '200' },
    ],
    [
      { key: 'maxPods', value: null },
      { outcome: 'set', before: '110', after: 'null' },
    ],
    [
      { key: 'maxPods', value: 9, operation: 'delete' },
      { outcome: 'removed', before: '110' },
    ],
    [
      { key: 'failSwapOn', value: true },
      { outcome: 'unchanged', before: 'true', after: 'true' },
    ],
    [
      { key: 'resolvConf', value: null },
      { outcome: 'unchanged', before: 'null', after: 'null' },
    ],
    [
      { key: 'resolvConf', value: '/run/resolv.conf' },
      { outcome: 'set', before: 'null', after: '/run/resolv.conf' },
    ],
    [
      { key: 'clusterDomain', value: 'cluster.local' },
      { outcome: 'added', after: 'cluster.local' },
    ],
    [
      { key: 'clusterDomain', value: '' },
      { outcome: 'added', after: '' },
    ],
    [
      { key: 'runOnce', value: null },
      { outcome: 'added', after: 'null' },
    ],
    [
      { key: 'tracing', value: {} },
      { outcome: 'added', after: '{}' },
    ],
    [
      { key: 'logging.options.json.infoBufferSize', value: '0' },
      { outcome: 'added', after: '0' },
    ],
    [
      { key: 'authentication.webhook.cacheTTL', value: '10s' },
      { outcome: 'added', after: '10s' },
    ],
    [
      { key: 'memorySwap.swapBehavior', value: 'LimitedSwap' },
      { outcome: 'added', after: 'LimitedSwap' },
    ],
    [
      { key: 'evictionHard', value: { 'nodefs.available': '10%' } },
      {
        outcome: 'set',
        before: '{"memory.available":"200Mi"}',
        after: '{"nodefs.available":"10%"}',
      },
    ],
    [
      { key: 'tlsCipherSuites', value: ['A', 'A', 'B'] },
      { outcome: 'set', before: '[]', after: '["A","B"]' },
    ],
    [
      { key: 'tlsCipherSuites', value: [] },
      { outcome: 'unchanged', before: '[]', after: '[]' },
    ],
    [
      { key: 'clusterDNS', value: ['10.0.0.9'] },
      { outcome: 'unchanged', before: '["10.0.0.9"]', after: '["10.0.0.9"]' },
    ],
    [
      { key: 'registerWithTaints', value: [{ effect: 'NoSchedule', key: 'a' }] },
      {
        outcome: 'unchanged',
        before: '[{"key":"a","effect":"NoSchedule"}]',
        after: '[{"key":"a","effect":"NoSchedule"}]',
      },
    ],
    [
      { key: 'registerWithTaints', operation: 'delete' },
      { outcome: 'removed', before: '[{"key":"a","effect":"NoSchedule"}]' },
    ],
    [
      { key: 'kind', value: 'KubeletConfiguration' },
      { outcome: 'unchanged', before: 'KubeletConfiguration', after: 'KubeletConfiguration' },
    ],
    [
      { key: 'oldField.maxPods', operation: 'delete' },
      { outcome: 'removed', before: '5' },
    ],
    [{ key: 'nothing.at.all', operation: 'delete' }, { outcome: 'unchanged' }],
    [{ key: 'authentication.webhook.cacheTTL', operation: 'delete' }, { outcome: 'unchanged' }],
    [{ key: 'maxPods.a', operation: 'delete' }, { outcome: 'unchanged' }],
    [{ key: 'clusterDNS.a', operation: 'delete' }, { outcome: 'unchanged' }],
  ])('plans %j', (setting, plan) => {
    expect(planOf(config, setting)).toEqual([{ key: setting.key, ...plan }]);
  });

  it('B-15: removes nothing elsewhere when a part is missing', () => {
    for (const key of [
      'evictionSoft.maxPods',
      'oldField.x.maxPods',
      'x.maxPods',
      'memorySwap.maxPods',
    ]) {
      expect(planKubelet(config, [{ key, operation: 'delete' }])).toEqual({
        kind: 'planned',
        settings: [{ key, outcome: 'unchanged' }],
        text: config,
      });
    }
  });

  it('B-51: takes either kind of quotes off a part', () => {
    expect(textOf(config, { key: `evictionHard.'memory.available'`, value: '1Gi' })).toBe(
      config.replace('200Mi', '1Gi'),
    );
  });

  const repeated = 'The key is asked for twice';
  const nested = 'The key lies within another key of the request, or that one within it';
  it.each([
    ['evictionHard.a', `"evictionHard".'a'`, repeated],
    ['evictionHard.a', 'evictionHard', nested],
    ['evictionHard', 'evictionHard.a', nested],
    ['evictionHard."a.b"', 'evictionHard.a', undefined],
  ])('B-52: does %s and then %s in this order, or refuses the second', (first, second, reason) => {
    const settings = [first, second].map((key) => ({ key, value: key.includes('.') ? 'x' : {} }));
    const plans = planOf(head, ...settings);
    expect(plans.map(({ key }) => key)).toEqual([first, second]);
    expect(plans.map((plan) => plan.reason)).toEqual([undefined, reason]);
  });

  it('B-52: adds keys in their order', () => {
    const keys = ['port', 'maxPods', 'eventBurst'];
    expect(textOf(head, ...keys.map((key) => ({ key, value: 1 })))).toBe(
      `${head}port: 1\nmaxPods: 1\neventBurst: 1\n`,
    );
  });
});
