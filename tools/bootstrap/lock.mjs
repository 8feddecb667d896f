// One set-up at a time in one working tree: two npm scripts started together must not both run
// `npm ci`, which deletes the folder the other one is reading.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './setup-error.mjs';

const pollMilliseconds = 200;
const patienceMilliseconds = 20 * 60_000;

/**
 * Runs `work` while no other process runs work for the same `folder`. The lock is a name in Linux'
 * abstract socket space: the kernel gives it to one process and frees it when that process dies.
 */
export async function withLock(folder, work, options = {}) {
  const { patience = patienceMilliseconds, say = console.log } = options;
  const name = `\0kubeos-setup-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  const lock = await acquire(name, Date.now() + patience, say);
  try {
    return await work();
  } finally {
    await new Promise((resolve) => lock.close(resolve));
  }
}

async function acquire(name, deadline, say) {
  let announced = false;
  for (;;) {
    const lock = await tryListen(name);
    if (lock !== undefined) return lock;
    if (Date.now() > deadline) throw new SetupError('another set-up of this folder does not end.');
    if (!announced) say('Waiting for another set-up of this folder ...');
    announced = true;
    await sleep(pollMilliseconds);
  }
}

function tryListen(name) {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => resolve(server));
  });
}
