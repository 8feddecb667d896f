import { describe, expect, it } from '@jest/globals';

import { factorySettings, startingKernel, sysctlFile } from './factory-settings.ts';

const kernel = (text: string): object => Object.fromEntries(startingKernel(text));

describe('the kernel after a boot', () => {
  it('has its own values, and those of sysctl.conf over them', () => {
    expect(kernel('')).toEqual({ 'vm.max_map_count': '65530', 'vm.swappiness': '60' });
    expect(kernel('# vm.swappiness = 1\nvm.swappiness=10\nkernel.domainname = a b\n')).toEqual({
      'vm.max_map_count': '65530',
      'vm.swappiness': '10',
      'kernel.domainname': 'a b',
    });
  });

  it('is as before with the file from the factory', () => {
    expect(kernel(factorySettings[sysctlFile] ?? '')).toEqual(kernel(''));
  });
});
