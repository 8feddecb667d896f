import { KubeosError } from '@kubeos/core';

/** What `work` gives, unless that takes longer: `COMMAND_TIMEOUT` then. */
export async function within<T>(seconds: number, what: string, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new KubeosError('COMMAND_TIMEOUT', `${what}: not done within ${seconds} s`));
  }, seconds * 1000);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
