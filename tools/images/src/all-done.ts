/**
 * The results of work that runs at the same time. Fails with the first failure, but only when nothing of it runs any
 * more: its folder may go away then.
 */
export async function allDone<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
