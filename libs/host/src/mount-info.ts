/** One line of `/proc/self/mountinfo`, proc_pid_mountinfo(5). */
export interface Mount {
  /** `major:minor` of the mounted device. */
  readonly device: string;
  readonly mountPoint: string;
  readonly fileSystem: string;
}

/** Reads the text of `/proc/self/mountinfo`, in order of mounting; lines of another shape are left out. */
export function parseMountInfo(text: string): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [mount, source] = line.split(' - ', 2);
    const fields = mount?.split(' ') ?? [];
    const device = fields[2];
    const mountPoint = fields[4];
    if (device === undefined || mountPoint === undefined || source === undefined) continue;
    mounts.push({
      device,
      mountPoint: unescapeOctal(mountPoint),
      fileSystem: source.split(' ')[0] ?? '',
    });
  }
  return mounts;
}

/** The device of the root file system, as `major:minor`: of several mounts on `/` the last one is seen. */
export function rootDevice(mounts: readonly Mount[]): string | undefined {
  return mounts.findLast((mount) => mount.mountPoint === '/')?.device;
}

// Blank, tab, newline and backslash come as three octal digits.
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/gu, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
