import { describe, expect, it } from '@jest/globals';

import { ServiceWatch } from './service-watch.ts';

describe('the service watch', () => {
  it('remembers the worst since it began', () => {
    const watch = new ServiceWatch();
    watch.look({ serving: 1, nodesOut: 3 });
    watch.look({ serving: 6, nodesOut: 0 });
    expect(watch.record).toBeUndefined();
    watch.begin();
    watch.look({ serving: 5, nodesOut: 1 });
    watch.look({ serving: 6, nodesOut: 0 });
    expect(watch.record).toEqual({ fewestServing: 5, mostNodesOut: 1 });
    expect(watch.last).toEqual({ serving: 6, nodesOut: 0 });
  });

  it('begins anew', () => {
    const watch = new ServiceWatch();
    watch.begin();
    watch.look({ serving: 6, nodesOut: 0 });
    watch.begin();
    expect(watch.record).toEqual({ fewestServing: 6, mostNodesOut: 0 });
  });
});
