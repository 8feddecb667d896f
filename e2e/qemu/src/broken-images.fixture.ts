/** Ways in which an image can be bad and still pass every check before it is booted. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '@kubeos/host';

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

/** Files to put into the image, and what debugfs(8) is told to do with them. */
const breakages: Readonly<
  Record<Fault, { readonly file?: string; readonly commands: readonly string[] }>
> = {
  'kernel-garbage': {
    file: 'no kernel at all\n'.repeat(4096),
    commands: ['rm /boot/vmlinuz', 'write FILE /boot/vmlinuz'],
  },
  'no-init': { commands: [`rm ${systemd}`] },
  // A process 1 that ends takes the kernel with it.
  panic: { commands: [`rm ${systemd}`, `ln /usr/bin/true ${systemd}`] },
  'init-hangs': {
    file: '#!/bin/sh\necho hanging >/dev/console\nwhile :; do sleep 1000; done\n',
    commands: [`rm ${systemd}`, `write FILE ${systemd}`, `sif ${systemd} mode 0100755`],
  },
  // The agent cannot say anything to anybody, nor return by itself.
  'never-confirms': {
    file: '#!/bin/sh\nexit 1\n',
    commands: [
      'rm /usr/bin/os-agent',
      'write FILE /usr/bin/os-agent',
      'sif /usr/bin/os-agent mode 0100755',
    ],
  },
};

/** Breaks the root file system in an image file, in place. */
export async function breakRoot(
  image: string,
  fault: Fault,
  folder: string,
  env: { readonly PATH: string },
): Promise<void> {
  const { file, commands } = breakages[fault];
  const source = join(folder, 'replacement');
  if (file !== undefined) await writeFile(source, file);
  const script = join(folder, 'commands');
  await writeFile(
    script,
    commands.map((command) => `${command.replace('FILE', source)}\n`).join(''),
  );
  const { stdout, stderr } = await exec('debugfs', ['-w', '-f', script, image], { env });
  // debugfs ends with 0 whatever its commands came to.
  const failed = /not found|error|denied|Usage/iu.exec(
    `${stdout}${stderr.replace(/^debugfs .*$/mu, '')}`,
  );
  if (failed !== null) throw new Error(`debugfs could not break the image: ${stdout}${stderr}`);
}
