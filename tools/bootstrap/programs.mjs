// System programs, checked by presence and installed with apt where they are missing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

const aptMinutes = 10;

/** Program on PATH, or a file where no program proves enough -> Debian package that brings it. */
const packageOf = {
  blkid: 'util-linux',
  containerd: 'containerd',
  cpio: 'cpio',
  createrepo_c: 'createrepo-c',
  ctr: 'containerd',
  curl: 'curl',
  dnf: 'dnf',
  docker: 'docker.io',
  'docker-registry': 'docker-registry',
  dockerd: 'docker.io',
  'grub-mkimage': 'grub-common',
  losetup: 'mount',
  mcopy: 'mtools',
  'mkfs.ext4': 'e2fsprogs',
  'mkfs.vfat': 'dosfstools',
  mmdebstrap: 'mmdebstrap',
  nginx: 'nginx-light',
  openssl: 'openssl',
  partx: 'util-linux',
  pip3: 'python3-pip',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  python3: 'python3',
  'qemu-img': 'qemu-utils',
  rpmbuild: 'rpm',
  setpriv: 'util-linux',
  sfdisk: 'fdisk',
  skopeo: 'skopeo',
  'systemd-socket-activate': 'systemd',
  xz: 'xz-utils',
  zstd: 'zstd',
  '/usr/lib/grub/i386-pc/boot.img': 'grub-pc-bin',
  '/usr/lib/grub/x86_64-efi/moddep.lst': 'grub-efi-amd64-bin',
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
  // Another package brings a busybox that needs libraries.
  '/var/lib/dpkg/info/busybox-static.list': 'busybox-static',
};

// Where there is no Go, or an old one, pip brings the toolchain that builds the control plane.
const controlPlane = ['openssl', 'pip3', 'python3', 'setpriv'];
const nodes = ['blkid', 'losetup', 'partx', 'sfdisk', 'mkfs.ext4', 'systemd-socket-activate'];
const payloads = ['curl', 'openssl', 'xz', 'zstd'];
// Debian has the modules of GRUB for PCs on PCs alone: on other machines only building such an image fails.
const grub =
  process.arch === 'x64'
    ? ['/usr/lib/grub/i386-pc/boot.img', '/usr/lib/grub/x86_64-efi/moddep.lst']
    : [];
const images = [
  ...['cpio', 'grub-mkimage', 'mcopy', 'mkfs.ext4', 'mkfs.vfat', 'mmdebstrap', 'openssl'],
  ...['qemu-img', 'setpriv', 'sfdisk', 'zstd', '/var/lib/dpkg/info/busybox-static.list'],
  ...['/usr/share/keyrings/debian-archive-keyring.gpg', ...grub],
];
// Images of rpm packages are built from a repository that the tests make.
const imageTests = ['createrepo_c', 'dnf', 'rpmbuild', 'skopeo'];
// Images of containers come from a registry of the tests, by engines of the tests.
const registries = ['containerd', 'ctr', 'docker', 'docker-registry', 'dockerd'];
// Rules for alerts are tested, and operator and proxies are scraped.
const monitoring = ['prometheus', 'promtool'];
const fleet = [...controlPlane, ...nodes, ...payloads];
const everything = [...fleet, ...images, ...imageTests, ...registries, ...monitoring];

/** What each npm script needs; a script that is not named needs no system program. */
const programsOf = {
  bench: [...fleet, ...images, 'docker-registry', 'nginx'],
  cluster: [...controlPlane, ...images, 'docker-registry'],
  'control-plane': controlPlane,
  demo: [...fleet, ...monitoring],
  // Where npm is, apt and dpkg are too: it is Debian, or the message says so.
  images: ['/usr/share/keyrings/debian-archive-keyring.gpg'],
  integration: everything,
  setup: everything,
  test: everything,
  vm: images,
};

/** The npm scripts that make loop devices and mounts. */
const scriptsOfRoot = ['bench', 'demo', 'test'];

/** Refuses an npm script that cannot work for this user, before anything is installed for it. */
export function checkUser(command, userId = process.getuid()) {
  if (userId === 0 || !scriptsOfRoot.includes(command)) return;
  throw new SetupError(`"${command}" makes loop devices and mounts: run it as root.`);
}

/** Installs the programs that the npm script `command` needs and that are not on this machine. */
export async function installPrograms(command) {
  const needs = needsOf(command);
  const missing = missingPrograms(Object.keys(needs));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => needs[program]))].sort();
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  const advice = `apt-get update && apt-get ${install.join(' ')}`;
  if (missingPrograms(['apt-get']).length > 0) {
    throw new SetupError(`${missing.join(', ')} not found. On Debian: ${advice}`);
  }
  if (process.getuid() !== 0) {
    throw new SetupError(`${missing.join(', ')} not found. Run as root: ${advice}`);
  }
  console.log(`Installing Debian packages: ${packages.join(', ')} ...`);
  apt(['update', '-q']);
  apt(install);
  const still = missingPrograms(missing);
  if (still.length > 0) throw new SetupError(`${still.join(', ')} not found after: ${advice}`);
}

/** What the npm script `command` needs, and for each thing the package that brings it. */
export function needsOf(command) {
  return Object.fromEntries((programsOf[command] ?? []).map((name) => [name, packageOf[name]]));
}

/** The folders of PATH and those of system programs, which Debian gives to root alone. */
export function programFolders() {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
}

/** Those of `programs` that are in none of these folders; one that begins with a slash is a file. */
export function missingPrograms(programs) {
  const folders = programFolders();
  return programs.filter((program) =>
    program.startsWith('/')
      ? !existsSync(program)
      : !folders.some((folder) => canRun(join(folder, program))),
  );
}

function canRun(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function apt(args) {
  const result = spawnSync('apt-get', args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: aptMinutes * 60_000,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (result.error || result.status !== 0) {
    throw new SetupError(`"apt-get ${args.join(' ')}" failed, see above.`);
  }
}
