/** Ways in which an image can be bad and still pass every check before it is booted. */
import type { RootChange } from '@kubeos/vm';

/** What is wrong with an image. */
export type Fault = 'kernel-garbage' | 'no-init' | 'panic' | 'init-hangs' | 'never-confirms';

/** All of them. */
export const faults: readonly Fault[] = [
  'kernel-garbage',
  'no-init',
  'panic',
  'init-hangs',
  'never-confirms',
];

const systemd = '/usr/lib/systemd/systemd';

/** What breaks an image so. */
export const breakages: Readonly<Record<Fault, RootChange>> = {
  'kernel-garbage': {
    ...{ path: '/boot/vmlinuz', becomes: 'text' },
    text: 'no kernel at all\n'.repeat(4096),
  },
  'no-init': { path: systemd, becomes: 'nothing' },
  // A process 1 that ends takes the kernel with it.
  panic: { path: systemd, becomes: 'link', to: '/usr/bin/true' },
  'init-hangs': {
    ...{ path: systemd, becomes: 'program' },
    text: '#!/bin/sh\necho hanging >/dev/console\nwhile :; do sleep 1000; done\n',
  },
  // The agent cannot say anything to anybody, nor return by itself.
  'never-confirms': { path: '/usr/bin/os-agent', becomes: 'program', text: '#!/bin/sh\nexit 1\n' },
};
