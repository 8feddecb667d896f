import { beforeEach, describe, expect, it } from '@jest/globals';
import { KubeosError, type ClusterEvent } from '@kubeos/core';
import type { ApiRequest } from '../client/api-client.ts';
import { createEventRecorder, type EventRecorder } from './events.ts';

const collection = '/apis/events.k8s.io/v1/namespaces/default/events';
const about = { kind: 'OSInstance', namespace: 'default', name: 'n1', uid: 'u' } as const;
const event: ClusterEvent = {
  about,
  type: 'Warning',
  reason: 'DrainTimeout',
  message: 'Pods left',
};

describe('the recorder of events', () => {
  let sent: ApiRequest[];
  let nowMs: number;
  let answer: (request: ApiRequest) => unknown;
  let recorder: EventRecorder;

  const methods = (): readonly string[] => sent.map(({ method }) => method);

  beforeEach(() => {
    sent = [];
    nowMs = 0;
    answer = ({ method }) => {
      const made = sent.filter((request) => request.method === 'POST').length;
      return method === 'POST' ? { metadata: { name: `kubeos-${String(made)}` } } : {};
    };
    recorder = createEventRecorder({
      api: {
        request: (request) => {
          sent.push(request);
          return Promise.resolve().then(() => answer(request));
        },
        lines: () => Promise.resolve(),
        close: () => undefined,
      },
      identity: 'operator-1',
      wallMs: () => nowMs,
    });
  });

  it('writes an event once and counts it from then on', async () => {
    await recorder.emit(event);
    nowMs = 60_000;
    await recorder.emit(event);
    await recorder.emit(event);

    expect(sent[0]).toMatchObject({ method: 'POST', path: collection });
    expect(sent[0]?.body).not.toHaveProperty('series');
    expect(sent.slice(1).map(({ path, body }) => ({ path, body }))).toEqual(
      [2, 3].map((count) => ({
        path: `${collection}/kubeos-1`,
        body: { series: { count, lastObservedTime: '1970-01-01T00:01:00.000000Z' } },
      })),
    );
  });

  it.each([
    ['reason', { reason: 'EvictionBlocked' }],
    ['message', { message: 'One pod left' }],
    ['type', { type: 'Normal' }],
    ['object', { about: { ...about, uid: 'v' } }],
  ] as const)('writes another one for another %s', async (_what, change) => {
    await recorder.emit(event);
    await recorder.emit({ ...event, ...change });
    expect(methods()).toEqual(['POST', 'POST']);
  });

  it('begins anew when the event may be gone', async () => {
    await recorder.emit(event);
    nowMs = 50 * 60_000;
    await recorder.emit(event);
    nowMs = 101 * 60_000;
    await recorder.emit(event);
    expect(methods()).toEqual(['POST', 'PATCH', 'POST']);
  });

  it('begins anew when the event was deleted', async () => {
    await recorder.emit(event);
    answer = ({ method }) => {
      if (method === 'PATCH') throw new KubeosError('NOT_FOUND', 'gone');
      return { metadata: { name: 'kubeos-9' } };
    };
    await recorder.emit(event);
    answer = () => ({});
    await recorder.emit(event);
    expect(methods()).toEqual(['POST', 'PATCH', 'POST', 'PATCH']);
    expect(sent.at(-1)).toMatchObject({ path: `${collection}/kubeos-9` });
  });

  it('says that it could not count', async () => {
    await recorder.emit(event);
    answer = () => {
      throw new KubeosError('FORBIDDEN', 'no right to patch events');
    };
    await expect(recorder.emit(event)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('remembers nothing of an event that the server gave no name', async () => {
    answer = () => undefined;
    await recorder.emit(event);
    await recorder.emit(event);
    expect(methods()).toEqual(['POST', 'POST']);
  });

  it('remembers a bounded number of them', async () => {
    const numbered = (index: number) => ({ ...event, message: String(index) });
    for (let index = 0; index <= 1000; index += 1) await recorder.emit(numbered(index));
    sent = [];
    await recorder.emit(numbered(1000));
    await recorder.emit(numbered(0));
    expect(methods()).toEqual(['PATCH', 'POST']);
  });
});
