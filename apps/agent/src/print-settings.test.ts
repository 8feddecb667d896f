import { describe, expect, it } from '@jest/globals';
import { printSettings } from './print-settings.ts';

const none = { total: 0, first: [] };
const calm = { refused: none, drift: none, pendingRestarts: [], rebootPending: false };

describe('settings in words', () => {
  it('says what holds and what is not as it should be', () => {
    const held = { before: { version: 'b1' }, after: { version: 'a2', drift: 'heal' } } as const;
    const text = printSettings(held, {
      before: 'b1',
      after: 'a2',
      refused: {
        total: 3,
        first: [
          { model: 'kernel.sysctl', key: 'vm.no', message: 'The kernel has no such parameter' },
        ],
      },
      drift: { total: 1, first: [{ model: 'pam.limits', key: '*', message: 'is not there' }] },
      pendingRestarts: ['kubelet.service'],
      rebootPending: true,
    });
    expect(text).toBe(`sysconfigs: version "a2"; what is changed by others is healed.
upgradeconfigs: version "b1"; what is changed by others is reported.
Could not be made:
  kernel.sysctl vm.no: The kernel has no such parameter
  and 2 more
Changed by others:
  pam.limits *: is not there
Counts once it is restarted: kubelet.service.
Some settings count with the next boot only.
`);
  });

  it.each([[calm], [undefined]])('says that there are none', (status) => {
    expect(printSettings({}, status)).toBe('The cluster has made no settings on this node.\n');
  });
});
