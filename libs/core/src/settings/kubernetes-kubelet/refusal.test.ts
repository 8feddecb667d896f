import { describe, expect, it } from '@jest/globals';
import { planKubelet } from './index.ts';
import { config, head, planOf, textOf } from './plan.fixture.ts';

describe('B-31: a key that cannot be had', () => {
  it.each<[string, unknown, string]>([
    ['', 1, 'The key has an empty part'],
    ['"maxPods', 1, 'The quotes of the key do not enclose whole parts of it'],
    ['max\nPods', 1, 'The key holds a control character'],
    ['maxPods', undefined, 'A value is needed; null has to be written out'],
    [
      'maxPods.a',
      1,
      'maxPods has to be a whole number from -2147483648 to 2147483647; if the key has a part with dots, it has to be quoted',
    ],
    [
      'evictionHard.memory.available',
      '1Gi',
      'evictionHard.memory has to be a text; if the key has a part with dots, it has to be quoted',
    ],
    ['clusterDNS.a', 'x', 'clusterDNS is a list, and what lies in a list has no key'],
    [
      'clusterDNS',
      null,
      'The file has a list at clusterDNS, which can be added to or deleted only',
    ],
  ])('is refused: %s = %j', (key, value, reason) => {
    expect(planKubelet(config, [{ key, value }])).toEqual({
      kind: 'planned',
      settings: [{ key, outcome: 'refused', reason }],
      text: config,
    });
  });

  it.each<[string, string, unknown, string]>([
    ['evictionHard: 1', 'evictionHard.a', 'x', 'evictionHard is no map in the file'],
    [
      'evictionHard: [1]',
      'evictionHard.a',
      'x',
      'evictionHard is a list, and what lies in a list has no key',
    ],
    [
      'maxPods: [1]',
      'maxPods',
      1,
      'The file has a list at maxPods, which can be added to or deleted only',
    ],
    [
      'evictionHard: {"a.b": 1}',
      'evictionHard."a.b".c',
      'x',
      'evictionHard."a.b" has to be a text; if the key has a part with dots, it has to be quoted',
    ],
  ])('is refused in a file that says %s: %s = %j', (text, key, value, reason) => {
    expect(planOf(text, { key, value })).toEqual([{ key, outcome: 'refused', reason }]);
  });

  it.each(['kind', 'apiVersion', '"kind"'])('is %s when it is to be removed', (key) => {
    const reason = 'kubelet does not start without apiVersion and kind';
    expect(planOf(config, { key, operation: 'delete' })).toEqual([
      { key, outcome: 'refused', reason },
    ]);
  });

  it.each(['kind', 'apiVersion'])('is %s when it is to be another one', (key) => {
    expect(planOf(config, { key, value: 'Config' })).toMatchObject([{ outcome: 'refused' }]);
    expect(planOf(config, { key, value: null })).toMatchObject([{ outcome: 'refused' }]);
  });

  it('is within maps of a list, where it may be more than once', () => {
    const key = 'registerWithTaints.key';
    const reason = 'registerWithTaints is a list, and what lies in a list has no key';
    expect(planOf(config, { key, operation: 'delete' })).toEqual([
      { key, outcome: 'refused', reason },
    ]);
  });

  it('has a value that is too large to be read back', () => {
    const key = 'clusterDomain';
    const reason =
      'The changed file would be too large, or would not hold exactly what is asked for';
    expect(planKubelet(config, [{ key, value: 'x'.repeat(66_000) }])).toEqual({
      kind: 'planned',
      settings: [{ key, outcome: 'refused', reason }],
      text: config,
    });
  });

  it('has a name that is too long for YAML', () => {
    const key = `evictionHard.${'x'.repeat(1100)}`;
    expect(planOf(config, { key, value: 'y' })).toMatchObject([{ outcome: 'refused' }]);
  });

  it('lets the others of the request pass', () => {
    expect(textOf(head, { key: 'maxPods', value: '' }, { key: 'port', value: 3 })).toBe(
      `${head}port: 3\n`,
    );
  });

  const unusual = 'an anchor, an alias, a tag, a merge key or a key that is no text';
  it.each<[string, string, string, string]>([
    ['an anchor', 'evictionHard: &a\n  x: y', 'evictionHard.x', 'evictionHard'],
    ['an alias', 'x: &a {x: y}\nevictionHard: *a', 'evictionHard.x', 'evictionHard'],
    ['an alias', 'x: &a {x: y}\nevictionHard: *a', 'evictionHard', 'evictionHard'],
    ['an alias within', 'x: &a y\nevictionHard: {x: *a}', 'evictionHard', 'evictionHard'],
    ['an anchor within', 'evictionHard:\n  x: &a y', 'evictionHard', 'evictionHard'],
    ['a tag', 'evictionHard: !!map {x: y}', 'evictionHard.x', 'evictionHard'],
    ['a tag', 'evictionHard: {x: !!str 1}', 'evictionHard.x', 'evictionHard.x'],
    ['a merge key', 'x: &a {x: y}\nevictionHard:\n  <<: *a', 'evictionHard.x', 'evictionHard'],
    ['a key that is a list', 'evictionHard: {[a]: y}', 'evictionHard.x', 'evictionHard'],
    [
      'a key that is an alias',
      'x: &a y\nevictionHard:\n  *a : y',
      'evictionHard.x',
      'evictionHard',
    ],
    ['no key', 'evictionHard: {~: y}', 'evictionHard.x', 'evictionHard'],
    ['an explicit key', 'evictionHard:\n  ? x\n  : y', 'evictionHard.x', 'evictionHard'],
    ['a key without a colon', 'evictionHard: {x}', 'evictionHard.x', 'evictionHard'],
    ['a date', 'evictionHard: {x: 2026-01-31}', 'evictionHard.x', 'evictionHard.x'],
    ['a number that is none', 'evictionHard: {x: .nan}', 'evictionHard.x', 'evictionHard.x'],
  ])('is written with %s: %s', (_, text, key, at) => {
    const reason = `The file uses ${unusual} in ${at}, which cannot be changed safely`;
    const value = key.includes('.') ? 'z' : {};
    for (const operation of ['', 'delete']) {
      expect(planKubelet(text, [{ key, value, operation }])).toEqual({
        kind: 'planned',
        settings: [{ key, outcome: 'refused', reason }],
        text,
      });
    }
  });

  it('is a list with an alias', () => {
    const reason = `The file uses ${unusual} in clusterDNS, which cannot be changed safely`;
    const text = 'x: &a 10.0.0.9\nclusterDNS: [*a]\n';
    expect(planOf(text, { key: 'clusterDNS', value: ['10.0.0.9'] })).toMatchObject([{ reason }]);
  });

  it('is not beside what cannot be changed', () => {
    const text =
      'x: &a {<<: {b: 1}, c: 2}\ny: *a\nz: !t\n  - *a\nevictionHard: {x: &b y, ? [q] : 1}\n';
    expect(textOf(text, { key: 'maxPods', value: 1 })).toBe(`${text}maxPods: 1\n`);
  });
});

describe('B-48: a value of another type', () => {
  it.each<[string, readonly unknown[], string]>([
    [
      'maxPods',
      ['110', true, 1.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, [1], {}],
      'a whole number from -2147483648 to 2147483647',
    ],
    ['logging.verbosity', [-1, 2 ** 32, '1'], 'a whole number from 0 to 4294967295'],
    ['failSwapOn', ['true', 'yes', 1, []], 'true or false'],
    ['clusterDomain', [1, true, ['a'], {}, '\ud800', () => 1, 1n], 'a text'],
    ['syncFrequency', [10, '10', '10 s', '1d', '', null, true], 'a duration such as 10s or 1h30m'],
    ['memoryThrottlingFactor', ['0.9', true, Infinity], 'a number'],
    [
      'logging.flushFrequency',
      ['5', 1.5, true],
      'a duration such as 5s, or a whole number of nanoseconds',
    ],
    [
      'logging.options.text.infoBufferSize',
      ['1gi', 'Gi', true, Number.NaN],
      'a quantity such as 500m or 2Gi, or a number',
    ],
    ['clusterDNS', ['10.0.0.10', { 0: 'a' }, 1], 'a list whose items are each a text'],
    ['evictionHard', ['x', ['x'], 1], 'a map whose values are each a text'],
    ['evictionHard."memory.available"', [1], 'a text'],
    ['staticPodURLHeader', ['a'], 'a map whose values are each a list whose items are each a text'],
    ['tracing', ['a', 1, []], 'a map of the fields endpoint, samplingRatePerMillion'],
    ['kind', ['Config', 1], 'KubeletConfiguration'],
  ])('is refused: %s = one of %p', (key, values, type) => {
    for (const value of values) {
      const reason = `${key} has to be ${type}`;
      expect(planOf(undefined, { key, value })).toEqual([{ key, outcome: 'refused', reason }]);
    }
  });

  it.each([2 ** 53, -(2 ** 63), 1e21])(
    'B-21: is a number that has lost its digits: %d',
    (value) => {
      const reason =
        'podPidsLimit has to be a whole number from -9007199254740991 to 9007199254740991';
      expect(planOf(config, { key: 'podPidsLimit', value })).toMatchObject([{ reason }]);
    },
  );

  it.each<[string, unknown, string]>([
    ['clusterDNS', ['a', 1], 'clusterDNS[1] has to be a text'],
    ['clusterDNS', [null], 'clusterDNS[0] has to be a text'],
    ['evictionHard', { a: 1 }, 'evictionHard.* has to be a text'],
    ['evictionHard', { a: null }, 'evictionHard.* has to be a text'],
    ['evictionHard', { '\udc00': 'a' }, 'evictionHard has a key that is not valid Unicode'],
    ['featureGates', JSON.parse('{"__proto__": 1}'), 'featureGates.* has to be true or false'],
    [
      'authentication',
      { webhook: { enabled: 'yes' } },
      'authentication.webhook.enabled has to be true or false',
    ],
    [
      'authentication',
      { webhok: {} },
      'authentication has the fields x509, webhook, anonymous, and no other',
    ],
    [
      'tracing',
      JSON.parse('{"__proto__": {}}'),
      'tracing has the fields endpoint, samplingRatePerMillion, and no other',
    ],
    [
      'registerWithTaints',
      [{ timeAdded: 'today' }],
      'registerWithTaints[0].timeAdded has to be a time such as 2026-01-31T12:00:00Z',
    ],
    [
      'registerWithTaints',
      [{ timeAdded: '2026-13-31T12:00:00Z' }],
      'registerWithTaints[0].timeAdded has to be a time such as 2026-01-31T12:00:00Z',
    ],
    [
      'logging.vmodule',
      [{ verbosity: -1 }],
      'logging.vmodule[0].verbosity has to be a whole number from 0 to 4294967295',
    ],
  ])('is refused for its part: %s = %j', (key, value, reason) => {
    expect(planOf(undefined, { key, value })).toEqual([{ key, outcome: 'refused', reason }]);
  });

  it.each([
    ['maxpods', 'KubeletConfiguration v1beta1 of Kubernetes 1.36 has no such field'],
    ['toString', 'KubeletConfiguration v1beta1 of Kubernetes 1.36 has no such field'],
    ['__proto__.a', 'KubeletConfiguration v1beta1 of Kubernetes 1.36 has no such field'],
    ['authentication.foo', 'authentication has the fields x509, webhook, anonymous, and no other'],
    [
      'authentication.webhook.foo',
      'authentication.webhook has the fields enabled, cacheTTL, and no other',
    ],
  ])('is refused for a field that there is not: %s', (key, reason) => {
    expect(planOf(undefined, { key, value: 1 })).toEqual([{ key, outcome: 'refused', reason }]);
  });

  it.each<[string, unknown]>([
    ['syncFrequency', '-1.5h'],
    ['cpuCFSQuotaPeriod', '100ms'],
    ['podPidsLimit', -1],
    ['logging.flushFrequency', 5_000_000_000],
    ['logging.flushFrequency', '5s'],
    ['logging.options.json.infoBufferSize', 0.5],
    ['reservedMemory', [{ numaNode: 0, limits: { memory: '1Gi', 'hugepages-2Mi': 3 } }]],
    [
      'registerWithTaints',
      [{ key: 'a', effect: 'NoSchedule', timeAdded: '2026-01-31T12:00:00.5+01:00' }],
    ],
    ['memoryThrottlingFactor', 0.9],
    ['staticPodURLHeader', { Accept: ['a', 'b'] }],
    ['userNamespaces.idsPerPod', 65536],
    ['crashLoopBackOff.maxContainerRestartPeriod', '5m'],
    ['containerRuntimeEndpoint', 'unix:///run/containerd/containerd.sock'],
    ['shutdownGracePeriodByPodPriority', [{ priority: 0, shutdownGracePeriodSeconds: 60 }]],
    ['tlsCurvePreferences', [29]],
    ['authentication.x509', { clientCAFile: null }],
    ['featureGates.__proto__', true],
  ])('takes %s = %j', (key, value) => {
    expect(planOf(undefined, { key, value })).toMatchObject([{ outcome: 'added' }]);
  });
});
