import { expect, it } from '@jest/globals';
import type { PodView } from '@kubeos/core';
import type { ApiRequest } from '../client/api-client.ts';
import { leaseMarginSeconds } from '../lease/leadership.ts';
import { evict } from './evict.ts';

const pod = { namespace: 'default', name: 'shop', uid: 'uid-1' } as unknown as PodView;

it('gives up an eviction before another leader can have begun', async () => {
  const asked: ApiRequest[] = [];
  const api = {
    request: async (request: ApiRequest) => void asked.push(request),
    lines: () => Promise.resolve(),
    close: () => undefined,
  };

  await evict(api, pod);
  expect(asked.map(({ path }) => path)).toEqual(['/api/v1/namespaces/default/pods/shop/eviction']);
  expect(asked[0]?.deadlineSeconds).toBeLessThan(leaseMarginSeconds);
});
