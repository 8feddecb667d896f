import { describe, expect, it } from '@jest/globals';
import type { Versioned } from '../store/contents.ts';
import { OwnWrites } from './own-writes.ts';

class FakeStore {
  readonly objects = new Map<string, Versioned>();
  version = '1';

  get(key: string): Versioned | undefined {
    return this.objects.get(key);
  }

  resourceVersion(): string {
    return this.version;
  }
}

describe('own writes', () => {
  it('are held when the cache shows them or something newer', () => {
    const [store, writes] = [new FakeStore(), new OwnWrites()];
    expect(writes.areHeld()).toBe(true);
    writes.note(store, 'a', '10');
    store.objects.set('a', { resourceVersion: '9' });

    expect(writes.areHeld()).toBe(false);
    store.objects.set('a', { resourceVersion: '11' });
    expect(writes.areHeld()).toBe(true);
  });

  it('compare as numbers, not as texts', () => {
    const [store, writes] = [new FakeStore(), new OwnWrites()];
    writes.note(store, 'a', '100');
    store.objects.set('a', { resourceVersion: '99' });

    expect(writes.areHeld()).toBe(false);
  });

  it('of an object that is gone are held when the cache is past them', () => {
    const [store, writes] = [new FakeStore(), new OwnWrites()];
    writes.note(store, 'a', '10');

    expect(writes.areHeld()).toBe(false);
    store.version = '12';
    expect(writes.areHeld()).toBe(true);
  });

  it('are all waited for, each in its own cache', () => {
    const [nodes, instances, writes] = [new FakeStore(), new FakeStore(), new OwnWrites()];
    writes.note(nodes, 'a', '10');
    writes.note(instances, 'a', '11');
    nodes.objects.set('a', { resourceVersion: '10' });

    expect(writes.areHeld()).toBe(false);
    instances.objects.set('a', { resourceVersion: '11' });
    expect(writes.areHeld()).toBe(true);
  });
});
