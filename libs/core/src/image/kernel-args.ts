/** The kernel options that come with an image, so that an upgrade brings its own. */
import type { ImageArch } from './recipe/recipe.ts';

/** Where they are in each slot; GRUB runs the file before it loads the kernel of that slot. */
export const imageArgsPath = '/boot/kubeos.cfg';

const serialPort: Readonly<Record<ImageArch, string>> = { amd64: 'ttyS0', arm64: 'ttyAMA0' };

/**
 * The file of an image whose recipe brings none. The last console is the one that programs write to. Slots hold no
 * labels of SELinux, and drivers that set modes can leave the console of a server dark.
 */
export function renderImageArgs(arch: ImageArch): string {
  const words = ['console=tty0', `console=${serialPort[arch]},115200`, 'nomodeset', 'selinux=0'];
  return `# Kernel options of this image. Those on the kernel line in grub.cfg come behind them.
set kubeos_image_args="${words.join(' ')}"
`;
}
