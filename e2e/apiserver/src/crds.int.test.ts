import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startControlPlane, type ControlPlane } from '@kubeos/control-plane';
import {
  hasCode,
  parseOs,
  parseOsInstance,
  schemaRevision,
  schemaRevisionAnnotation,
} from '@kubeos/core';
import { parse } from 'yaml';
import { digest, instanceSpec, instanceStatus, osStatus, time } from './full-objects.ts';

const root = resolve(import.meta.dirname, '../../..');
const crds = join(root, 'charts/kubeos/files/crds');
const samplesFolder = join(root, 'e2e/apiserver/samples');

interface KubeObject {
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

const samples = readdirSync(samplesFolder).map((file) => {
  const text = readFileSync(join(samplesFolder, file), 'utf8');
  return { file, text, object: parse(text) as KubeObject };
});

/** A valid upgrade; the cases change what they speak of. */
const upgrade = {
  opstype: 'upgrade',
  osversion: 'KubeOS 2.0.0',
  maxunavailable: 1,
  imagetype: 'disk',
  imageurl: 'https://images.example.org/kubeos.tar',
  checksum: digest.slice('sha256:'.length),
};

function osObject(spec: object, name = 'under-test'): object {
  return {
    apiVersion: 'upgrade.openeuler.org/v1alpha1',
    kind: 'OS',
    metadata: { name, namespace: 'default' },
    spec,
  };
}

let plane: ControlPlane;

async function kubectl(args: readonly string[], object?: object): Promise<string> {
  return plane.run(args, object === undefined ? undefined : JSON.stringify(object));
}

async function stored(kind: string, name: string): Promise<unknown> {
  return JSON.parse(await kubectl(['get', kind, name, '-n', 'default', '-o', 'json'])) as unknown;
}

/** What the API server answers to an object that it refuses. */
async function refusalOf(object: object): Promise<string> {
  try {
    await kubectl(['create', '--dry-run=server', '-f', '-'], object);
  } catch (error) {
    if (hasCode(error, 'COMMAND_FAILED')) return String(error.details['stderr']);
    throw error;
  }
  return 'accepted';
}

beforeAll(async () => {
  plane = await startControlPlane({ components: [] });
  await kubectl(['apply', '-f', crds]);
  await kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', crds]);
}, 600_000);

afterAll(async () => {
  await plane.stop();
});

describe('the CRDs', () => {
  it.each(['os', 'osinstances'])('say the schema revision of %s', async (plural) => {
    const text = await kubectl(['get', 'crd', `${plural}.upgrade.openeuler.org`, '-o', 'json']);
    const crd = JSON.parse(text) as {
      metadata: { annotations: Record<string, string> };
      status: { conditions: { type: string; status: string; message: string }[] };
    };

    expect(crd.metadata.annotations[schemaRevisionAnnotation]).toBe(String(schemaRevision));
    expect(crd.status.conditions.filter(({ type }) => type === 'NonStructuralSchema')).toEqual([]);
  });

  it('give OSInstance a short name and their columns', async () => {
    expect(await kubectl(['get', 'osi', '-A', '--ignore-not-found'])).toBe('');
    await kubectl(['apply', '-f', '-'], osObject(upgrade, 'columns'));

    expect(await kubectl(['get', 'os', 'columns'])).toMatch(
      /^NAME +OS VERSION +SYSCONFIG VERSION +UPGRADECONFIG VERSION +NODES +UPDATED +WORKING +FAILED +READY +AGE/,
    );
  });
});

describe('the samples of upstream', () => {
  it.each(samples)('$file is accepted unchanged and read without a problem', async (sample) => {
    await plane.run(['apply', '-n', 'default', '-f', '-'], sample.text);
    const answer = (await stored('os', sample.object.metadata.name)) as KubeObject;

    expect(answer.spec).toMatchObject(sample.object.spec);
    expect(parseOs(answer)).toMatchObject({ problems: [] });
  });

  it('B-35: get the defaults that upstream has, and ours', async () => {
    await kubectl(['apply', '-f', '-'], osObject({ ...upgrade, timewindow: {} }, 'defaults'));

    expect(await stored('os', 'defaults')).toMatchObject({
      spec: {
        nodeselector: 'no-label',
        timeinterval: 15,
        executionmode: 'parallel',
        evictpodforce: false,
        flagSafe: false,
        mtls: false,
        paused: false,
        canary: 0,
        maxFailures: 1,
        drainTimeoutSeconds: 900,
        confirmTimeoutSeconds: 600,
        minReadySeconds: 30,
        timewindow: { starttime: '', endtime: '' },
      },
    });
  });

  it('keep every kind of value of a setting', async () => {
    const contents = [
      { key: 'text', value: '5' },
      { key: 'number', value: 5 },
      { key: 'truth', value: true },
      { key: 'list', value: [1, { a: null }] },
      { key: 'object', value: { 'memory.available': '200Mi' } },
      { key: 'nothing', value: null },
      { key: 'bare' },
    ];
    const sysconfigs = { version: 's1', configs: [{ model: 'kernel.sysctl', contents }] };
    // Not by apply: kubectl itself leaves nulls out there.
    await kubectl(['create', '-f', '-'], osObject({ ...upgrade, sysconfigs }, 'values'));
    const answer = await stored('os', 'values');

    expect(answer).toMatchObject({ spec: { sysconfigs } });
    expect(parseOs(answer).spec?.sysconfigs).toEqual(sysconfigs);
  });
});

const night = { starttime: '22:00:00', endtime: '04:00:00' };
const dates = { starttime: '2026-03-01 22:00:00', endtime: '2026-03-02 04:00:00' };

describe('a spec with a mistake', () => {
  it.each<[name: string, spec: object, says: string, path: string]>([
    ['no version', { osversion: undefined }, 'spec.osversion', 'spec.osversion'],
    ['an empty version', { osversion: '' }, 'spec.osversion', 'spec.osversion'],
    ['an unknown type', { opstype: 'install' }, 'spec.opstype', 'spec.opstype'],
    ['a word as budget', { maxunavailable: 'five' }, 'spec.maxunavailable', 'spec.maxunavailable'],
    ['no budget', { maxunavailable: undefined }, 'spec.maxunavailable', 'spec.maxunavailable'],
    ['a negative canary', { canary: -1 }, 'spec.canary', 'spec.canary'],
    ['a negative canary in percent', { canary: '-1%' }, 'spec.canary', 'spec.canary'],
    ['no failures allowed', { maxFailures: 0 }, 'spec.maxFailures', 'spec.maxFailures'],
    ['an upgrade without image type', { imagetype: '' }, 'needs imagetype', 'spec.imagetype'],
    ['an unknown image type', { imagetype: 'floppy' }, 'spec.imagetype', 'spec.imagetype'],
    ['a container without image', { imagetype: 'docker' }, 'containerimage', 'spec.containerimage'],
    [
      'an image of a registry without name',
      { imagetype: 'oci' },
      'containerimage',
      'spec.containerimage',
    ],
    ['a disk without URL', { imageurl: '' }, 'http or https imageurl', 'spec.imageurl'],
    [
      'a URL of another scheme',
      { imageurl: 'ftp://x/y', flagSafe: true },
      'imageurl',
      'spec.imageurl',
    ],
    ['no checksum', { checksum: '' }, '64 hexadecimal digits', 'spec.checksum'],
    ['a short checksum', { checksum: 'abc' }, '64 hexadecimal digits', 'spec.checksum'],
    ['http without flagSafe', { imageurl: 'HTTP://x/y' }, 'needs flagSafe: true', 'spec.flagSafe'],
    [
      'mtls without key',
      { mtls: true, cacert: 'ca', clientcert: 'c' },
      'needs cacert, clientcert and clientkey',
      'spec.mtls',
    ],
    ['a certificate elsewhere', { cacert: '/etc/passwd' }, 'file below', 'spec.cacert'],
    ['a certificate above', { clientkey: '../key' }, 'file below', 'spec.clientkey'],
    [
      'no time to confirm',
      { minReadySeconds: 500 },
      'at least minReadySeconds + 120',
      'spec.confirmTimeoutSeconds',
    ],
    [
      'too much time to confirm',
      { confirmTimeoutSeconds: 3601 },
      '3600',
      'spec.confirmTimeoutSeconds',
    ],
    [
      'half a window',
      { timewindow: { starttime: '22:00:00' } },
      'go together',
      'spec.timewindow.endtime',
    ],
    [
      'a bad time',
      { timewindow: { ...night, starttime: '24:00:00' } },
      'spec.timewindow.starttime',
      'spec.timewindow.starttime',
    ],
    [
      'two ways to write times',
      { timewindow: { ...night, starttime: dates.starttime } },
      'written alike',
      'spec.timewindow.endtime',
    ],
    [
      'a window without length',
      { timewindow: { ...night, endtime: night.starttime } },
      'differ',
      'spec.timewindow.endtime',
    ],
    [
      'dates in the wrong order',
      { timewindow: { starttime: dates.endtime, endtime: dates.starttime } },
      'comes before',
      'spec.timewindow.endtime',
    ],
    [
      'weekdays beside dates',
      { timewindow: { ...dates, weekdays: ['Monday'] } },
      'weekdays',
      'spec.timewindow.weekdays',
    ],
    [
      'a weekday by number',
      { timewindow: { ...night, weekdays: ['7'] } },
      'weekdays',
      'spec.timewindow.weekdays[0]',
    ],
    [
      'no weekdays at all',
      { timewindow: { ...night, weekdays: [] } },
      'weekdays',
      'spec.timewindow.weekdays',
    ],
  ])(
    'is refused by the API server and by the parser alike: %s',
    async (_name, change, says, path) => {
      const object = osObject({ ...upgrade, ...change });

      expect(await refusalOf(object)).toContain(says);
      const seen = { ...object, metadata: { name: 'x', uid: 'x', resourceVersion: '1' } };
      expect(parseOs(seen).problems.map((problem) => problem.path)).toContain(path);
    },
  );

  it.each<[name: string, spec: object]>([
    ['a pause by budget', { maxunavailable: -1 }],
    ['a budget in percent', { maxunavailable: '25%', canary: '5%' }],
    ['http with flagSafe', { imageurl: 'http://x/y', flagSafe: true }],
    ['https in capitals', { imageurl: 'HTTPS://x/y' }],
    ['a window by dates', { timewindow: dates }],
    ['a night on weekends', { timewindow: { ...night, weekdays: ['Saturday', 'Sunday'] } }],
    ['a window in a zone', { timewindow: { ...night, timeZone: 'Europe/Berlin' } }],
    ['a rollback with the rest of an upgrade', { opstype: 'rollback', mtls: true, checksum: '' }],
  ])('is not seen where there is none: %s', async (_name, change) => {
    const object = osObject({ ...upgrade, ...change });

    expect(await refusalOf(object)).toBe('accepted');
    const seen = { ...object, metadata: { name: 'x', uid: 'x', resourceVersion: '1' } };
    expect(parseOs(seen).problems).toEqual([]);
  });
});

describe('a full object', () => {
  it('of kind OSInstance comes back whole', async () => {
    const object = {
      apiVersion: 'upgrade.openeuler.org/v1alpha1',
      kind: 'OSInstance',
      metadata: { name: 'node-1', namespace: 'default' },
      spec: instanceSpec,
    };
    await kubectl(['create', '-f', '-'], object);
    await kubectl(['replace', '--subresource=status', '-f', '-'], {
      ...object,
      status: instanceStatus,
    });
    const answer = await stored('osinstance', 'node-1');

    expect(answer).toMatchObject({ spec: instanceSpec, status: instanceStatus });
    expect(parseOsInstance(answer)).toMatchObject({ spec: instanceSpec, status: instanceStatus });
    expect(parseOsInstance(answer).unreadable).toBeUndefined();
  });

  it('of kind OS keeps its status', async () => {
    await kubectl(['apply', '-f', '-'], osObject(upgrade, 'full'));
    await kubectl(['replace', '--subresource=status', '-f', '-'], {
      ...osObject(upgrade, 'full'),
      status: osStatus,
    });
    const answer = await stored('os', 'full');

    expect(answer).toMatchObject({ status: osStatus });
    expect(parseOs(answer).status).toEqual(osStatus);
  });

  it('lets two writers keep a condition each', async () => {
    const condition = (type: string): object => ({
      apiVersion: 'upgrade.openeuler.org/v1alpha1',
      kind: 'OSInstance',
      metadata: { name: 'node-2', namespace: 'default' },
      status: {
        conditions: [
          { type, status: 'True', reason: 'Test', message: '', lastTransitionTime: time },
        ],
      },
    });
    await kubectl(['create', '-f', '-'], {
      ...condition('ignored'),
      spec: { nodestatus: 'idle' },
    });
    for (const [writer, type] of [
      ['kubeos-operator', 'Drained'],
      ['kubeos-proxy', 'UpToDate'],
    ] as const) {
      await kubectl(
        ['apply', '--server-side', `--field-manager=${writer}`, '--subresource=status', '-f', '-'],
        condition(type),
      );
    }
    const types = parseOsInstance(await stored('osi', 'node-2')).status.conditions?.map(
      ({ type }) => type,
    );

    expect(types).toEqual(['Drained', 'UpToDate']);
  });
});
