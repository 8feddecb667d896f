import { describe, expect, it } from '@jest/globals';

import { factorySettings, kubeletConfigFile } from './factory-settings.ts';
import { readKubeletConfig } from './kubelet-config.ts';

const factory = factorySettings[kubeletConfigFile] ?? '';

describe('the configuration of a kubelet', () => {
  it('is taken as it comes from the factory', () => {
    expect(readKubeletConfig(factory)).toEqual({ maxPods: 110 });
  });

  it('has the default of what the file does not say', () => {
    const text = factory.replace(/maxPods.*\n/u, '');
    expect(readKubeletConfig(text)).toEqual({ maxPods: 110 });
  });

  it.each([
    ['that is not there', '', 'failed to load kubelet config file'],
    ['that is no YAML', 'maxPods: [', 'failed to load kubelet config file'],
    ['of another kind', 'kind: Config', 'failed to load kubelet config file'],
    [
      'with a negative number of pods',
      `${factory}maxPods: -1\n`.replace('maxPods: 110', '#'),
      '-1',
    ],
    [
      'whose thresholds cross, one of them a default',
      `${factory}imageGCHighThresholdPercent: 75\n`,
      'invalid configuration: imageGCLowThresholdPercent (--image-gc-low-threshold) 80 must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) 75',
    ],
  ])('is not taken from a file %s', (_what, text, problem) => {
    const read = readKubeletConfig(text);
    expect(read.problem).toContain(problem);
    expect(read.problem).not.toContain('\n');
  });
});
