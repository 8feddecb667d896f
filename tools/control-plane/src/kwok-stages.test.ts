import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';

import { kwokStages } from './kwok-stages.ts';

interface Stage {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly resourceRef: { readonly kind: string };
    readonly next: { readonly statusTemplate?: string; readonly delete?: boolean };
  };
}

describe('kwokStages', () => {
  const stages = parseAllDocuments(kwokStages).map((document) => document.toJS() as Stage);

  it('has one stage for each turn of a pod and an empty one for nodes', () => {
    expect(stages.map(({ metadata, spec }) => [metadata.name, spec.resourceRef.kind])).toEqual([
      ['node-never', 'Node'],
      ['pod-ready', 'Pod'],
      ['pod-delete', 'Pod'],
    ]);
  });

  it('does nothing to nodes', () => {
    expect(stages[0]?.spec.next).toEqual({});
  });

  it('names the conditions that a kubelet would set', () => {
    for (const type of ['Initialized', 'PodReadyToStartContainers', 'ContainersReady', 'Ready']) {
      expect(stages[1]?.spec.next.statusTemplate).toContain(`"${type}"`);
    }
  });
});
