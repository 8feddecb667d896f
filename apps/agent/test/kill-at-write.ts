/**
 * Preloaded into an agent: kills it with SIGKILL at one of its writes, as `killAtWrite` of `kill-run.ts` asks for.
 *
 * The file that is named in KILL_FILE holds the number of the write, counted from when the file is there; 1 is the next.
 * A write of content is killed when half of it is in the file, all others before they have begun.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import files from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const order = process.env['KILL_FILE'] ?? '';
let writes = 0;

/** Whether this write is the one. */
function isLast(): boolean {
  if (!existsSync(order)) return false;
  writes += 1;
  return writes === Number(readFileSync(order, 'utf8'));
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('A process that is killed goes no further');
}

function watch(file: FileHandle): FileHandle {
  const half = (content: unknown) => {
    const bytes = Buffer.from(content as string | Uint8Array);
    writeSync(file.fd, bytes.subarray(0, bytes.length / 2));
    die();
  };
  const sync = file.sync.bind(file);
  const write = file.write.bind(file) as (...args: readonly unknown[]) => unknown;
  const writeFile = file.writeFile.bind(file);
  Object.assign(file, {
    sync: () => (isLast() ? die() : sync()),
    // Sectors and kernel parameters: taken whole or not at all.
    write: (...args: readonly unknown[]) => (isLast() ? die() : write(...args)),
    writeFile: (...args: Parameters<typeof writeFile>) =>
      isLast() ? half(args[0]) : writeFile(...args),
  });
  return file;
}

const { open, rename, rm } = files;
Object.assign(files, {
  open: async (...args: Parameters<typeof open>) => watch(await open(...args)),
  rename: (...args: Parameters<typeof rename>) => (isLast() ? die() : rename(...args)),
  rm: (...args: Parameters<typeof rm>) => (isLast() ? die() : rm(...args)),
});
