// Takes a folder away with everything that was made in it and may outlive the program that made it.
// What is there is found by looking, so that it does not matter where that program was killed. It
// uses nothing of the workspace: it has to work while that is broken.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const killSeconds = 10;
const pollMilliseconds = 20;

/**
 * Kills the programs that carry this folder in their environment or on their command line, unmounts
 * what is mounted below it, detaches the loop devices of files in it, and removes it. Answers what
 * it found beside files.
 */
export async function sweep(folder) {
  const found = [
    ...(await killPrograms(folder)),
    ...unmountBelow(folder),
    ...detachLoopDevices(folder),
  ];
  rmSync(folder, { recursive: true, force: true });
  return found;
}

async function killPrograms(folder) {
  const found = new Map();
  const deadline = performance.now() + killSeconds * 1000;
  for (;;) {
    const left = programsOf(folder);
    if (left.length === 0) return [...found.values()];
    if (performance.now() > deadline) {
      throw new Error(`Programs do not go away: ${left.map(({ id }) => id).join(', ')}`);
    }
    for (const { id, name } of left) {
      found.set(id, `program ${name}`);
      kill(id);
    }
    await sleep(pollMilliseconds);
  }
}

function programsOf(folder) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((id) =>
      ['environ', 'cmdline'].some((file) => read(`/proc/${id}/${file}`).includes(folder)),
    )
    .map((id) => ({ id: Number(id), name: read(`/proc/${id}/comm`).trim() }));
}

function kill(id) {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function unmountBelow(folder) {
  // Field 5 is the mount point, proc_pid_mountinfo(5). The innermost come last.
  const points = read('/proc/self/mountinfo')
    .split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((point) => point.startsWith(`${folder}/`));
  for (const point of points.toReversed()) run('umount', '--', point);
  return points.map((point) => `mount ${point}`);
}

// Blanks and the like are written as octal numbers.
const unescape = (text) =>
  text.replaceAll(/\\([0-7]{3})/g, (_all, digits) => String.fromCharCode(parseInt(digits, 8)));

function detachLoopDevices(folder) {
  const devices = readdirSync('/sys/block')
    .filter((name) => read(`/sys/block/${name}/loop/backing_file`).startsWith(`${folder}/`))
    .map((name) => `/dev/${name}`);
  for (const device of devices) {
    // Fails where there are no partitions.
    spawnSync('partx', ['--delete', device]);
    run('losetup', '--detach', device);
  }
  return devices.map((device) => `loop device ${device}`);
}

function run(program, ...args) {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // What one looks at may be gone, belong to somebody else, or not be of this kind.
    return '';
  }
}
