import { describe, expect, it } from '@jest/globals';
import { KubeosError } from '@kubeos/core';
import { cluster, kubeos } from '../kubeos.fixture.ts';

describe('completion', () => {
  const words = async (...typed: readonly string[]): Promise<string> =>
    (await kubeos(cluster(), ['__complete', ...typed])).out;

  it('is a program for kubectl', async () => {
    expect((await kubeos(cluster(), ['completion'])).out).toMatch(/^#!\/bin\/sh\n/u);
  });

  it.each([
    [['pau'], /^pause\tstart no new node.*\n:4\n$/u],
    [['hold', ''], /^a\nb\n:4\n$/u],
    [['pause', ''], /^web\n:4\n$/u],
    [['explain', ''], /^a\nb\nweb\n:4\n$/u],
    [['-n', 'default', 'pause', 'w'], /^web\n:4\n$/u],
    [['status', '--w'], /^--watch\tgo on.*\n:4\n$/u],
    [['--na'], /^--namespace\t.*\n:4\n$/u],
    [['plan', '--filename', ''], /^:0\n$/u],
    [['pause', 'web', '--dry-run', 's'], /^server\n:4\n$/u],
    [['plan', 'web', '--seed', ''], /^:4\n$/u],
    [['completion', ''], /^:4\n$/u],
    [['fly', ''], /^:4\n$/u],
  ])('of %j', async (typed, out) => expect(await words(...typed)).toMatch(out));

  it('says nothing where the cluster cannot be asked', async () => {
    const silent = cluster();
    silent.answer = () => {
      throw new KubeosError('API_UNAVAILABLE', 'gone');
    };
    const said = await kubeos(silent, ['__complete', 'hold', '']);
    expect(said).toEqual({ status: 0, out: ':1\n', err: '' });
  });
});
