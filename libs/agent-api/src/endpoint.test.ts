import { describe, expect, it } from '@jest/globals';
import { stubAgent } from '@kubeos/testing';
import { endpoint } from './endpoint.ts';
import type { ConfigureRequest } from './gen/kubeos/agent/v1/ConfigureRequest.ts';
import { agentServiceName, loadProtocol } from './protocol.ts';

const protocol = loadProtocol();
const unending = new AbortController().signal;

describe('endpoint', () => {
  const serve = (closing = unending) => {
    const methods = endpoint(stubAgent(), protocol, closing);
    return (path: string) => methods.find((method) => method.path === path);
  };

  it('serves every method of the two services', () => {
    const paths = [...Object.values(protocol.agent), ...Object.values(protocol.health)].map(
      (method: { readonly path: string }) => method.path,
    );
    expect(paths).toHaveLength(11);
    expect(paths.filter((path) => serve()(path) === undefined)).toEqual([]);
  });

  it('refuses bytes that are no message', async () => {
    const garbage = Buffer.from('ffffffffff', 'hex');
    const call = serve()(protocol.agent.Prepare.path)?.run(garbage, unending, () => undefined);
    await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each<[string, ConfigureRequest, string]>([
    ['no settings', {}, 'settings: '],
    [
      'a value that is no JSON',
      { settings: { configs: [{ contents: [{}, { key: 'a', valueJson: '{' }] }] } },
      'settings.configs.0.contents.1.valueJson: is not JSON',
    ],
    ['no operation', { settings: {}, phase: 'PHASE_AFTER', dryRun: false }, 'id: '],
    [
      'another phase',
      {
        settings: {},
        phase: 'PHASE_ACTIVATE',
        operation: { id: 'x', seq: 1, type: 'OPERATION_TYPE_CONFIG' },
        dryRun: false,
      },
      'phase: ',
    ],
  ])('refuses to configure with %s', async (_what, change, message) => {
    const { path, requestSerialize } = protocol.agent.Configure;
    const request = requestSerialize({ dryRun: true, ...change });
    const call = serve()(path)?.run(request, unending, () => undefined);
    await expect(call).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(`Configure: ${message}`),
    });
  });

  it('knows no health of other services', async () => {
    const request = protocol.health.Check.requestSerialize({ service: 'x' });
    const call = serve()(protocol.health.Check.path)?.run(request, unending, () => undefined);
    await expect(call).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('watches health until the server closes, which is no work', async () => {
    const closing = new AbortController();
    const watch = serve(closing.signal)(protocol.health.Watch.path);
    const seen: string[] = [];
    const request = protocol.health.Watch.requestSerialize({ service: agentServiceName });
    const ended = watch?.run(request, unending, (bytes) => {
      seen.push(protocol.health.Watch.responseDeserialize(bytes).status);
    });
    expect(seen).toEqual(['SERVING']);
    closing.abort();
    await ended;
    expect(seen).toEqual(['SERVING', 'NOT_SERVING']);
    expect(watch?.isWork).toBe(false);
  });
});
