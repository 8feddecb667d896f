import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where what took long to make is kept. A value of `XDG_CACHE_HOME` that is empty or relative counts as none, as the
 * XDG Base Directory Specification asks.
 */
export function cacheFolder(cacheHome: string | undefined): string {
  const base =
    cacheHome !== undefined && isAbsolute(cacheHome) ? cacheHome : join(homedir(), '.cache');
  return join(base, 'kubeos');
}
