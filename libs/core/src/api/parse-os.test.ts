import { describe, expect, it } from '@jest/globals';
import { hasCode } from '../errors/kubeos-error.ts';
import type { Os, OsSpec } from './os.ts';
import { parseOs } from './parse-os.ts';

const metadata = {
  namespace: 'fleet',
  name: 'workers',
  uid: 'uid-1',
  resourceVersion: '5',
  generation: 2,
  creationTimestamp: '2026-01-01T00:00:00Z',
};
const hex = '7ea1d2d1a0a4b1a5d2a3b5c8f9e00112233445566778899aabbccddeeff00112';
const upgrade = {
  opstype: 'upgrade',
  osversion: 'KubeOS 2.0.0',
  maxunavailable: 2,
  imagetype: 'disk',
  imageurl: 'https://images.example.org/kubeos.tar',
  checksum: hex,
};
const rollback = { opstype: 'rollback', osversion: 'KubeOS 1.0.0', maxunavailable: 1 };

const parseSpec = (spec: unknown): Os => parseOs({ metadata, spec });

function specOf(spec: object): OsSpec {
  const os = parseSpec(spec);
  if (os.spec === undefined) throw new Error(JSON.stringify(os.problems));
  return os.spec;
}

describe('parseOs', () => {
  it('reads metadata', () => {
    const os = parseOs({
      apiVersion: 'upgrade.openeuler.org/v1alpha1',
      kind: 'OS',
      metadata: { ...metadata, finalizers: ['a/b'], deletionTimestamp: '2026-01-02T00:00:00Z' },
      spec: rollback,
    });

    expect(os).toMatchObject({ ...metadata, finalizers: ['a/b'], deleting: true, status: {} });
    expect(parseSpec(rollback)).toMatchObject({ finalizers: [], deleting: false });
  });

  it.each<[unknown]>([[undefined], ['text'], [{}], [{ metadata: { name: 'x' } }], [[]]])(
    'throws INVALID_SPEC for what is no object of an API server: %j',
    (object) => {
      let thrown: unknown;
      try {
        parseOs(object);
      } catch (error) {
        thrown = error;
      }
      expect(hasCode(thrown, 'INVALID_SPEC')).toBe(true);
    },
  );

  it('fills in the defaults', () => {
    expect(specOf(rollback)).toEqual({
      version: 'KubeOS 1.0.0',
      type: 'rollback',
      maxUnavailable: { count: 1 },
      executionMode: 'parallel',
      timeIntervalSeconds: 15,
      force: false,
      paused: false,
      canary: { count: 0 },
      maxFailures: 1,
      drainTimeoutSeconds: 900,
      confirmTimeoutSeconds: 600,
      minReadySeconds: 30,
    });
  });

  it('converts every field', () => {
    const spec = specOf({
      ...upgrade,
      checksum: hex.toUpperCase(),
      flagSafe: true,
      mtls: true,
      cacert: 'ca.crt',
      clientcert: 'client.crt',
      clientkey: 'client.key',
      maxunavailable: '25%',
      evictpodforce: true,
      sysconfigs: { version: 's1' },
      upgradeconfigs: { version: 'u1', configs: [] },
      timewindow: {
        starttime: '22:00:00',
        endtime: '04:00:00',
        timeZone: 'Europe/Berlin',
        weekdays: ['Saturday', 'Sunday'],
      },
      timeinterval: 60,
      executionmode: 'serial',
      paused: true,
      canary: '10%',
      maxFailures: 3,
      prepareConcurrency: 5,
      drainTimeoutSeconds: 60,
      confirmTimeoutSeconds: 700,
      minReadySeconds: 10,
    });

    expect(spec).toEqual({
      version: 'KubeOS 2.0.0',
      type: 'upgrade',
      payload: {
        imageType: 'disk',
        url: 'https://images.example.org/kubeos.tar',
        digest: `sha256:${hex}`,
        allowInsecure: true,
        mutualTls: true,
        caCert: 'ca.crt',
        clientCert: 'client.crt',
        clientKey: 'client.key',
      },
      maxUnavailable: { percent: 25 },
      executionMode: 'serial',
      timeIntervalSeconds: 60,
      timeWindow: {
        start: '22:00:00',
        end: '04:00:00',
        timeZone: 'Europe/Berlin',
        weekdays: [6, 0],
      },
      force: true,
      sysconfigs: { version: 's1' },
      upgradeconfigs: { version: 'u1', configs: [] },
      paused: true,
      canary: { percent: 10 },
      maxFailures: 3,
      prepareConcurrency: 5,
      drainTimeoutSeconds: 60,
      confirmTimeoutSeconds: 700,
      minReadySeconds: 10,
    });
  });

  it.each(['docker', 'containerd', 'oci'])('takes the image of a %s upgrade', (imagetype) => {
    expect(specOf({ ...upgrade, imagetype, containerimage: 'r.example/os:2' }).payload).toEqual({
      imageType: imagetype,
      image: 'r.example/os:2',
      digest: `sha256:${hex}`,
      allowInsecure: false,
      mutualTls: false,
    });
  });

  it.each([
    [undefined, { kind: 'unlabelled' }],
    ['no-label', { kind: 'unlabelled' }],
    ['all-label', { kind: 'all' }],
    ['', { kind: 'value', value: '' }],
    ['edge', { kind: 'value', value: 'edge' }],
  ])('reads nodeselector %j, also of a spec that is not valid', (nodeselector, selector) => {
    const word = nodeselector === undefined ? {} : { nodeselector };

    expect(parseSpec({ ...rollback, ...word }).selector).toEqual(selector);
    expect(parseSpec({ opstype: 'nonsense', ...word }).selector).toEqual(selector);
  });

  it.each([
    [0, { count: 0 }],
    [-3, { count: -3 }],
    ['0%', { percent: 0 }],
    ['-5%', { percent: -5 }],
    ['150%', { percent: 150 }],
  ])('reads maxunavailable %j', (maxunavailable, count) => {
    expect(specOf({ ...rollback, maxunavailable }).maxUnavailable).toEqual(count);
  });

  it('takes a negative timeinterval for none', () => {
    expect(specOf({ ...rollback, timeinterval: -1 }).timeIntervalSeconds).toBe(0);
  });

  it('takes a window of two empty texts for none', () => {
    expect(specOf({ ...rollback, timewindow: { starttime: '', endtime: '' } }).timeWindow).toBe(
      undefined,
    );
  });

  it('B-35: takes config and rollback without an image type', () => {
    for (const opstype of ['config', 'rollback']) {
      expect(specOf({ ...rollback, opstype, imagetype: '' }).payload).toBe(undefined);
    }
  });

  it('B-43: takes no URL but http and https, and http only with flagSafe', () => {
    const problems = (change: object): readonly string[] =>
      parseSpec({ ...upgrade, ...change }).problems.map(({ path }) => path);

    expect(problems({ imageurl: 'ftp://x/y', flagSafe: true })).toEqual(['spec.imageurl']);
    expect(problems({ imageurl: 'HTTP://x/y' })).toEqual(['spec.flagSafe']);
    expect(problems({ imageurl: 'HTTP://x/y', flagSafe: true })).toEqual([]);
    expect(problems({ imageurl: 'HTTPS://x/y' })).toEqual([]);
  });

  it('B-53: takes no certificate outside of its folder', () => {
    for (const cacert of ['../ca.crt', 'a/../../b', '/etc/shadow']) {
      expect(parseSpec({ ...upgrade, cacert }).problems).toEqual([
        { path: 'spec.cacert', message: 'must be a file below /etc/KubeOS/certs/ on the node' },
      ]);
    }
    expect(specOf({ ...upgrade, cacert: 'site/ca.crt' }).payload?.caCert).toBe('site/ca.crt');
  });

  it.each<[spec: unknown, path: string, message: string]>([
    [undefined, 'spec', 'must be there and of type object'],
    [{ ...rollback, osversion: undefined }, 'spec.osversion', 'must be there and of type string'],
    [{ ...rollback, osversion: '' }, 'spec.osversion', 'must not be shorter than 1'],
    [{ ...rollback, osversion: 'v'.repeat(256) }, 'spec.osversion', 'must not be longer than 255'],
    [
      { ...rollback, opstype: 'x' },
      'spec.opstype',
      'must be one of "upgrade", "rollback", "config"',
    ],
    [{ ...rollback, maxFailures: 0 }, 'spec.maxFailures', 'must not be less than 1'],
    [
      { ...rollback, confirmTimeoutSeconds: 4000 },
      'spec.confirmTimeoutSeconds',
      'must not be more than 3600',
    ],
    [
      { ...rollback, maxunavailable: 'x' },
      'spec.maxunavailable',
      'must have the form /^-?[0-9]+%$/',
    ],
    [{ ...rollback, maxunavailable: true }, 'spec.maxunavailable', 'is not valid'],
    [
      { ...rollback, sysconfigs: { configs: [{}, { model: 1 }] } },
      'spec.sysconfigs.configs[1].model',
      'must be there and of type string',
    ],
    [
      { ...rollback, minReadySeconds: 481 },
      'spec.confirmTimeoutSeconds',
      'confirmTimeoutSeconds is at least minReadySeconds + 120',
    ],
    [
      { ...rollback, timewindow: { starttime: '22:00:00' } },
      'spec.timewindow.endtime',
      '"" is not a valid time; expected YYYY-MM-DD HH:MM:SS or HH:MM:SS',
    ],
    [
      { ...rollback, timewindow: { starttime: '1:00:00', endtime: '02:00:00' } },
      'spec.timewindow.starttime',
      '"1:00:00" is not a valid time; expected YYYY-MM-DD HH:MM:SS or HH:MM:SS',
    ],
  ])('says what is wrong with %j', (spec, path, message) => {
    const os = parseSpec(spec);

    expect(os.problems).toEqual([{ path, message }]);
    expect(os.spec).toBe(undefined);
  });

  it('reads the misspelt model of the guide and says so', () => {
    const contents = [{ key: 'a', value: 'b' }];
    const os = parseSpec({
      ...rollback,
      opstype: 'config',
      sysconfigs: {
        version: 's',
        configs: [{ model: 'pam.limits' }, { model: 'kuberntes.kubelet', contents }],
      },
    });

    expect(os.spec?.sysconfigs?.configs).toEqual([
      { model: 'pam.limits' },
      { model: 'kubernetes.kubelet', contents },
    ]);
    expect(os.warnings).toEqual([
      {
        path: 'spec.sysconfigs.configs[1].model',
        message: '"kuberntes.kubelet" is read as "kubernetes.kubelet"',
      },
    ]);
  });

  it.each(['sysconfigs', 'upgradeconfigs'])('refuses a model of %s that there is not', (set) => {
    const contents = [{ key: 'a', value: 'b' }];
    const os = parseSpec({
      ...rollback,
      [set]: { version: 's', configs: [{ model: 'pam.limits' }, { model: 'grub', contents }] },
    });

    expect(os.spec).toBe(undefined);
    expect(os.problems).toEqual([
      { path: `spec.${set}.configs[1].model`, message: 'there is no model "grub"' },
    ]);
  });

  it('says which words of the settings are not used', () => {
    const contents = [{ key: 'vm.swappiness', value: '10' }];
    const configs = [
      { model: 'kernel.sysctl', configpath: '/etc/a.conf', restart: true, contents },
    ];
    const os = parseSpec({ ...rollback, upgradeconfigs: { version: 'u', configs } });

    expect(os.spec).toBeDefined();
    expect(os.warnings.map(({ path }) => path)).toEqual([
      'spec.upgradeconfigs.configs[0].configpath',
      'spec.upgradeconfigs.configs[0].restart',
    ]);
  });

  it('B-52: keeps order and doubles of the settings', () => {
    const contents = ['b', 'a', 'b'].map((key) => ({ key, value: 'x' }));
    const sysconfigs = { version: 's', configs: [{ model: 'kernel.sysctl', contents }] };

    expect(parseSpec({ ...rollback, sysconfigs }).spec?.sysconfigs).toEqual(sysconfigs);
  });

  it('reads its own status', () => {
    const status = { nodes: 3, admission: { epoch: 1, pending: [] } };

    expect(parseOs({ metadata, spec: rollback, status }).status).toEqual(status);
  });

  it('does not act on an object whose ticket it cannot read', () => {
    const status = { nodes: 3, admission: { epoch: 'x', pending: [] } };
    const os = parseOs({ metadata, spec: rollback, status });

    expect(os.spec).toBe(undefined);
    expect(os.problems.map(({ path }) => path)).toEqual(['status.admission.epoch']);
    expect(os.status).toEqual({ nodes: 3 });
  });

  it('does without any other member of the status that it cannot read', () => {
    const os = parseOs({ metadata, spec: rollback, status: { nodes: 'x', updated: 1 } });

    expect(os.problems).toEqual([]);
    expect(os.spec).toBeDefined();
    expect(os.status).toEqual({ updated: 1 });
  });
});
