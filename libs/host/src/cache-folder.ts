import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * A folder for what took long to make, below that of the user's caches: `kubeos` and these names. A value of
 * `XDG_CACHE_HOME` that is empty or relative counts as none, as the XDG Base Directory Specification asks.
 */
export function cacheFolder(cacheHome: string | undefined, ...names: readonly string[]): string {
  const base =
    cacheHome !== undefined && isAbsolute(cacheHome) ? cacheHome : join(homedir(), '.cache');
  return join(base, 'kubeos', ...names);
}
