import { startChild } from '@kubeos/host';
import type { BuildContext } from '../build-context.ts';
import { saveStream, type FileDigest } from './files.ts';

/** What an archive of a root file system is made from. */
export interface RootTarRequest {
  readonly rootDir: string;
  /** Where it goes. */
  readonly file: string;
  readonly epochSeconds: number;
}

/**
 * Packs a tree as upstream's agents and ours unpack it: names from `./` on, in order; owners as numbers; no file
 * younger than the epoch; attributes, capabilities and labels kept. The same tree gives the same bytes. Throws the codes
 * of programs and of storage.
 */
export async function makeRootTar(
  { rootDir, file, epochSeconds }: RootTarRequest,
  { signal }: BuildContext,
): Promise<FileDigest> {
  const child = startChild(
    'tar',
    [
      ...['--create', '--file=-', '--sort=name', '--numeric-owner', '--format=posix'],
      // What it would write beside the names depends on its process and on who read the files before.
      ...['--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'],
      ...[`--mtime=@${epochSeconds}`, '--clamp-mtime', '--atime-preserve=system'],
      // Labels are attributes as well: kept where the tree has them, on hosts with and without SELinux.
      ...[
        '--xattrs',
        '--xattrs-include=*',
        '--acls',
        '--one-file-system',
        '--warning=no-file-ignored',
      ],
      ...['--directory', rootDir, '.'],
    ],
    { timeoutMs: 30 * 60_000, signal, env: { TAR_OPTIONS: '', TZ: 'UTC' } },
  );
  child.stdin.end();
  try {
    const saved = await saveStream(child.stdout, file, signal);
    await child.exited;
    return saved;
  } finally {
    child.kill();
  }
}
