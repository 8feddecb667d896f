// System programs, checked by presence and installed with apt where they are missing.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

const aptMinutes = 10;

/** Program on PATH -> Debian package that brings it. */
const packageOf = {
  blkid: 'util-linux',
  curl: 'curl',
  git: 'git',
  losetup: 'mount',
  'mkfs.ext4': 'e2fsprogs',
  nginx: 'nginx-light',
  openssl: 'openssl',
  partx: 'util-linux',
  pip3: 'python3-pip',
  python3: 'python3',
  setpriv: 'util-linux',
  sfdisk: 'fdisk',
  'systemd-socket-activate': 'systemd',
  xz: 'xz-utils',
  zstd: 'zstd',
};

// Where there is no Go, pip brings the toolchain that builds the control plane.
const toolchain = missingPrograms(['go']).length === 0 ? [] : ['pip3'];
const controlPlane = ['openssl', 'python3', 'setpriv', ...toolchain];
const nodes = ['blkid', 'losetup', 'partx', 'sfdisk', 'mkfs.ext4', 'systemd-socket-activate'];
const payloads = ['curl', 'openssl', 'xz', 'zstd'];
const everything = [...controlPlane, ...nodes, ...payloads];

/** What each npm script needs; a script that is not named needs no system program. */
const programsOf = {
  bench: [...everything, 'nginx'],
  'control-plane': controlPlane,
  demo: everything,
  integration: everything,
  setup: everything,
  test: everything,
};

/** Installs the programs that the npm script `command` needs and that are not on this machine. */
export async function installPrograms(command) {
  const missing = missingPrograms(programsOf[command] ?? []);
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => packageOf[program]))].sort();
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

/** Those of `programs` that are neither on PATH nor in the folders of system programs. */
export function missingPrograms(programs) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return programs.filter((program) => !folders.some((folder) => canRun(join(folder, program))));
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
