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

// Where there is no Go, or an old one, pip brings the toolchain that builds the control plane.
const controlPlane = ['openssl', 'pip3', 'python3', 'setpriv'];
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

/** The npm scripts that make loop devices and mounts. */
const scriptsOfRoot = ['bench', 'demo', 'test'];

/** Refuses an npm script that cannot work for this user, before anything is installed for it. */
export function checkUser(command, userId = process.getuid()) {
  if (userId === 0 || !scriptsOfRoot.includes(command)) return;
  throw new SetupError(`"${command}" makes loop devices and mounts: run it as root.`);
}

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

/** The folders of PATH and those of system programs, which Debian gives to root alone. */
export function programFolders() {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
}

/** Those of `programs` that are in none of these folders. */
export function missingPrograms(programs) {
  const folders = programFolders();
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
