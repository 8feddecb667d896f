/** The files of a fast node that settings lie in: real ones, in a folder of its own. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Path of the boot menu on the node. */
export const bootMenuPath = '/boot/efi/EFI/openEuler/grub.cfg';
/** Path of the kubelet's file on the node. */
export const kubeletFilePath = '/var/lib/kubelet/config.yaml';
/** What a new node has in that file. */
export const kubeletFileText = 'maxPods: 110 # enough for everybody\n';
/** Path of the limits of users on the node. */
export const limitsPath = '/etc/security/limits.conf';

const files: Readonly<Record<string, string>> = {
  [bootMenuPath]: `menuentry 'A' --id A {
        linux /boot/vmlinuz root=PARTLABEL=ROOT-A ro quiet
}
menuentry 'B' --id B {
        linux /boot/vmlinuz root=PARTLABEL=ROOT-B ro quiet
}
`,
  '/etc/sysctl.conf': '# parameters for every boot\nvm.swappiness=60\n',
  [limitsPath]: '# limits\nroot hard nofile 1024\n',
  '/etc/containerd/config.toml': 'version = 2\n',
  [kubeletFilePath]: kubeletFileText,
};

const kernel: Readonly<Record<string, string>> = {
  'vm/swappiness': '60\n',
  'vm/max_map_count': '65530\n',
  'net/ipv4/ip_forward': '0\n',
};

/** Makes the files as the factory does, unless they are there. */
export async function makeSystemRoot(root: string): Promise<void> {
  if (existsSync(root)) return;
  await writeAll(root, files);
  await mkdir(join(root, 'persist'));
}

/** What a kernel starts with. */
export async function startKernel(root: string): Promise<void> {
  await writeAll(join(root, 'proc/sys'), kernel);
}

/** Text of a file of the node. */
export function readNodeFile(root: string, path: string): Promise<string> {
  return readFile(join(root, path), 'utf8');
}

/** What a kubelet does with its file: it refuses negative numbers of pods, and gets Ready only with a resolver. */
export async function kubeletHealth(root: string): Promise<'ready' | 'fails' | 'neverReady'> {
  const text = await readNodeFile(root, kubeletFilePath);
  if (/^maxPods: -/m.test(text)) return 'fails';
  return text.includes('resolvConf: /no/such') ? 'neverReady' : 'ready';
}

async function writeAll(root: string, texts: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
