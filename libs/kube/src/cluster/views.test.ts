import { describe, expect, it } from '@jest/globals';
import { cordonAnnotation } from '@kubeos/core';
import { parseBudget } from './budget-view.ts';
import { parseNode } from './node-view.ts';
import { parsePod } from './pod-view.ts';

const metadata = { name: 'n', uid: 'u', resourceVersion: '5' };

describe('parseNode', () => {
  const owned = (manager: string): object => ({
    manager,
    fieldsV1: { 'f:spec': { 'f:unschedulable': {} } },
  });

  it('reads a bare Node', () => {
    expect(parseNode({ metadata })).toEqual({
      name: 'n',
      uid: 'u',
      resourceVersion: '5',
      labels: {},
      annotations: {},
      unschedulable: false,
      unschedulableIsOurs: false,
      ready: false,
      bootId: '',
      osImage: '',
      deleting: false,
    });
  });

  it('keeps only the labels and annotations that decisions read', () => {
    const labels = {
      'upgrade.openeuler.org/node-selector': 'a',
      'node-role.kubernetes.io/control-plane': '',
      'topology.kubernetes.io/zone': 'z',
      'kubernetes.io/hostname': 'n',
    };
    const annotations = { [cordonAnnotation]: 'o', 'example.org/large': 'x' };
    const view = parseNode({ metadata: { ...metadata, labels, annotations } });

    expect(Object.keys(view.labels)).toHaveLength(3);
    expect(view.annotations).toEqual({ [cordonAnnotation]: 'o' });
  });

  it.each([
    ['our manager', [owned('kubeos-operator')], true, true],
    ['another manager', [owned('kubectl-cordon')], true, false],
    ['our manager of other fields', [{ manager: 'kubeos-operator', fieldsV1: {} }], true, false],
    ['nobody', undefined, true, false],
    ['our manager, but schedulable', [owned('kubeos-operator')], false, false],
  ])('tells a cordon of %s', (_who, managedFields, unschedulable, isOurs) => {
    const raw = { metadata: { ...metadata, managedFields }, spec: { unschedulable } };

    expect(parseNode(raw).unschedulableIsOurs).toBe(isOurs);
  });

  it('refuses what is no object', () => {
    expect(() => parseNode({})).toThrow(expect.objectContaining({ code: 'API_REJECTED' }));
  });
});

describe('parsePod', () => {
  it('reads owner, mirror and local data', () => {
    const view = parsePod({
      metadata: {
        ...metadata,
        namespace: 'ns',
        labels: { a: 'b' },
        annotations: { 'kubernetes.io/config.mirror': 'x' },
        deletionTimestamp: '2026-01-01T00:00:00Z',
        ownerReferences: [
          { kind: 'Other', name: 'o', uid: '1' },
          { kind: 'DaemonSet', name: 'd', uid: '2', controller: true },
        ],
      },
      spec: { volumes: [{ name: 'v', emptyDir: {} }] },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    });

    expect(view).toEqual({
      namespace: 'ns',
      name: 'n',
      uid: 'u',
      labels: { a: 'b' },
      phase: 'Running',
      ready: true,
      deleting: true,
      mirror: true,
      controller: { kind: 'DaemonSet', name: 'd', uid: '2' },
      hasOwner: true,
      hasEmptyDir: true,
    });
  });

  it('reads a bare pod', () => {
    expect(parsePod({ metadata: { ...metadata, namespace: 'ns' } })).toMatchObject({
      phase: '',
      ready: false,
      deleting: false,
      mirror: false,
      hasOwner: false,
      hasEmptyDir: false,
    });
  });
});

describe('parseBudget', () => {
  it('tells no selector from an empty one', () => {
    expect(parseBudget({ metadata, spec: {} }).selector).toBeUndefined();
    expect(parseBudget({ metadata, spec: { selector: {} } }).selector).toEqual({
      matchLabels: {},
      matchExpressions: [],
    });
  });

  it('takes an operator that it does not know as one that matches more', () => {
    const matchExpressions = [
      { key: 'a', operator: 'In', values: ['x', 1] },
      { key: 'b', operator: 'Newer' },
    ];
    const { selector } = parseBudget({ metadata, spec: { selector: { matchExpressions } } });

    expect(selector?.matchExpressions).toEqual([
      { key: 'a', operator: 'In', values: ['x'] },
      { key: 'b', operator: 'Exists', values: [] },
    ]);
  });

  it.each([
    [2, 1, false],
    [2, 2, true],
    [undefined, undefined, true],
  ])('of generation %s observed at %s is observed: %s', (generation, observedGeneration, is) => {
    const raw = { metadata: { ...metadata, generation }, status: { observedGeneration } };

    expect(parseBudget(raw).observed).toBe(is);
  });
});
