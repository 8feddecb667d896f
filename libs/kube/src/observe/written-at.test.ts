import { describe, expect, it } from '@jest/globals';
import { appliersOf, writtenAt } from './written-at.ts';

const entry = (manager: string, time: string, fieldsV1: object, subresource?: string): object => ({
  ...{ manager, time, fieldsV1, operation: 'Update', fieldsType: 'FieldsV1' },
  ...(subresource === undefined ? {} : { subresource }),
});
const cordoned = { 'f:spec': { 'f:unschedulable': {} } };
const object = {
  metadata: {
    managedFields: [
      entry('kubelet', '2026-01-03T00:00:00Z', cordoned, 'status'),
      entry('kubectl-cordon', '2026-01-02T00:00:00Z', cordoned),
      entry('kubeos-operator', '2026-01-01T00:00:00Z', cordoned),
      entry('other', '2026-01-04T00:00:00Z', { 'f:spec': {} }),
    ],
  },
};
const path = ['f:spec', 'f:unschedulable'];

describe('the time of a write', () => {
  it('is that of the last owner of the field, and not of a subresource', () => {
    expect(writtenAt(object, path)).toBe('2026-01-02T00:00:00Z');
  });

  it('can be asked for of one owner', () => {
    expect(writtenAt(object, path, 'kubeos-operator')).toBe('2026-01-01T00:00:00Z');
  });

  it('is not known of a field that nobody owns', () => {
    expect(writtenAt(object, ['f:spec', 'f:taints'])).toBeUndefined();
    expect(writtenAt({}, path)).toBeUndefined();
  });
});

it('tells who would set a field back', () => {
  const applied = { ...entry('argocd', '2026-01-01T00:00:00Z', cordoned), operation: 'Apply' };
  const both = { metadata: { managedFields: [...object.metadata.managedFields, applied] } };
  expect(appliersOf(both, path)).toEqual(['argocd']);
  expect(appliersOf(object, path)).toEqual([]);
});
