/** A program and its arguments. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** What the program sees. */
export interface Isolation {
  /** Mount a proc file system there; default: at /proc. */
  readonly procDir?: string;
  /** Makes this folder its root. */
  readonly rootDir?: string;
}

/**
 * Wraps a program that installs packages or runs code of an image. What it mounts is mounted in a namespace of its own
 * and gone with it: nothing of this machine's `/dev` can ever lie below a folder that somebody removes. It dies with
 * this process, even when that is killed (`PR_SET_PDEATHSIG`, then the end of the process namespace), and takes all
 * that it started with it.
 */
export function isolated(command: Command, isolation: Isolation = {}): Command {
  const proc = isolation.procDir;
  const args = [
    ...['--pdeathsig', 'KILL', '--', 'unshare'],
    ...['--mount', '--propagation', 'private', '--uts', '--ipc', '--pid', '--fork', '--kill-child'],
    proc === undefined ? '--mount-proc' : `--mount-proc=${proc}`,
    ...(isolation.rootDir === undefined ? [] : [`--root=${isolation.rootDir}`]),
  ];
  return { file: 'setpriv', args: [...args, '--', command.file, ...command.args] };
}
