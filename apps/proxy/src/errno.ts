/** True when a file system call failed because there is no such file or folder. */
export function isAbsent(thrown: unknown): boolean {
  return (
    typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'ENOENT'
  );
}
