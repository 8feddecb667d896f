import { expect, it } from '@jest/globals';
import type { PodView } from '@kubeos/core';
import type { ApiClient, ApiRequest } from '../client/api-client.ts';
import { errorOfAnswer, errorOfConnection } from '../client/translate-error.ts';
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

/** A server that fails every request like this. */
const failing = (error: Error): ApiClient => ({
  request: () => Promise.reject(error),
  lines: () => Promise.resolve(),
  close: () => undefined,
});
const request = { method: 'POST', path: '/eviction' };
const answer = (status: number, message: string, causes: readonly object[] = []) =>
  errorOfAnswer(request, status, JSON.stringify({ message, details: { causes } }));

it.each([
  ['a budget', answer(429, 'budget', [{ reason: 'DisruptionBudget' }])],
  ['a webhook', answer(400, 'not while the sun shines')],
  ['a namespace that is going', answer(403, 'because it is being terminated')],
  ['two budgets', answer(500, 'more than one PodDisruptionBudget')],
  ['a webhook that does not answer', answer(500, 'failed calling webhook')],
])('is told that %s stands in the way', async (_what, error) => {
  expect(await evict(failing(error), pod)).toEqual({ kind: 'blocked', message: error.message });
});

it.each([
  ['a server that gives no answer', errorOfConnection(request, new Error('ECONNRESET'))],
  ['a server with too much to do', answer(429, 'later')],
])('fails on %s', async (_what, error) => {
  await expect(evict(failing(error), pod)).rejects.toBe(error);
});

it.each([
  ['is told that the pod is gone', 'uid-2', { kind: 'gone' }],
  ['is told of the pod', 'uid-1', { kind: 'blocked', message: expect.stringContaining('4 s') }],
])('%s when a server that hangs has a pod with %s', async (_what, uid, told) => {
  const api: ApiClient = {
    ...failing(errorOfConnection(request, new Error('too late'))),
    request: async ({ method }) => {
      if (method === 'GET') return { metadata: { name: 'shop', uid, resourceVersion: '1' } };
      throw errorOfConnection(request, new Error('too late'));
    },
  };

  expect(await evict(api, pod)).toEqual(told);
});
