import { join } from 'node:path';

import { defaultBootDir } from '@kubeos/host';

/** Parameters for every boot, from the node's root. */
export const sysctlFile = 'etc/sysctl.conf';
/** The kubelet's configuration, from the node's root. */
export const kubeletConfigFile = 'var/lib/kubelet/config.yaml';

/** The files of settings that a node leaves the factory with, by their paths from its root. */
export const factorySettings: Readonly<Record<string, string>> = {
  [sysctlFile]: `# Parameters of the kernel for every boot
vm.swappiness = 60
`,
  'etc/security/limits.conf': `# Limits of logins
*       soft    core    0
root    hard    nofile  65536
`,
  'etc/containerd/config.toml': `version = 3

[plugins.'io.containerd.cri.v1.runtime'.containerd]
  default_runtime_name = 'runc' # what pods run in
`,
  [kubeletConfigFile]: `# Written by the installer
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
healthzPort: 0
maxPods: 110 # enough for everybody
systemReserved:
  cpu: 100m
`,
  [join(defaultBootDir, 'grub.cfg')]: `set timeout=0
${menuEntry('A')}${menuEntry('B')}`,
};

function menuEntry(slot: string): string {
  return `menuentry 'KubeOS in ${slot}' --id ${slot} {
    search --no-floppy --set=root --label ROOT-${slot}
    linux /boot/vmlinuz root=PARTLABEL=ROOT-${slot} ro rootfstype=ext4 panic=3 kubeos.slot=${slot}
    initrd /boot/initrd.img
}
`;
}

/** Parameters as the kernel starts with them. */
const kernelDefaults = [
  ['vm.max_map_count', '65530'],
  ['vm.swappiness', '60'],
] as const;

/** Where a parameter of the kernel lies, from the node's root. */
export function parameterFile(key: string): string {
  return join('proc/sys', key.replaceAll('.', '/'));
}

/** Values of parameters after a boot: the kernel's own, and over them what sysctl.conf says. */
export function startingKernel(sysctlConf: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>(kernelDefaults);
  for (const line of sysctlConf.split('\n')) {
    const [, key, value] = /^\s*([\w.-]+)\s*=\s*(.*\S)\s*$/u.exec(line) ?? [];
    if (key !== undefined && value !== undefined) parameters.set(key, value);
  }
  return parameters;
}
