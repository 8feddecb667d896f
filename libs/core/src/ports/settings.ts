/** What the agent needs of its node to change settings. */
import type { SettingsUnit } from '../settings/models.ts';

/** A file with what is to be in it. */
export interface FileWrite {
  readonly path: string;
  /** Absent: there is to be no such file. */
  readonly text?: string;
  /** What is known to have been in it before, for a copy where one is kept; absent: no copy is made. */
  readonly before?: string;
}

/** The files that settings lie in, and the parameters of the running kernel. Paths are those of the node. */
export interface SettingsFiles {
  /**
   * The text of a file, byte for byte; `undefined` when there is none. Throws `SETTINGS_UNREADABLE` for what is no regular
   * file or no UTF-8, `SETTINGS_REFUSED` when a link leads it into another folder, and the storage codes.
   */
  read(path: string): Promise<string | undefined>;
  /**
   * Puts all texts in place, in their order: each whole or not at all, and durable when it returns. Everything is written
   * and flushed beside the files before the first one is replaced, so that a full disk changes nothing. Mode, owner and
   * security label stay; a new file is 0644. Throws the storage codes.
   */
  writeAll(files: readonly FileWrite[]): Promise<void>;
  /** Value of a parameter below `/proc/sys`, `undefined` when there is none; empty when it can only be written. */
  readKernel(path: string): Promise<string | undefined>;
  /** Throws `SETTINGS_REFUSED` when the kernel takes no such value. */
  writeKernel(path: string, value: string): Promise<void>;
}

/** The programs that settings are for. */
export interface SettingsUnits {
  /** Restarts it and waits until it is up and answers, or says what speaks against it; `undefined` when all is well. */
  restart(unit: SettingsUnit): Promise<string | undefined>;
  /** Restarts it only if it runs, and waits for nothing: for a program that may be about to be started by the boot. */
  restartIfRunning(unit: SettingsUnit): Promise<void>;
  /** Uptime at which the running program was started; `undefined` while it does not run or nobody knows. */
  startedUptimeSeconds(unit: SettingsUnit): Promise<number | undefined>;
  /** Checks a file that is about to be put in place; what is wrong with it, or `undefined`. */
  check(unit: SettingsUnit, text: string): Promise<string | undefined>;
}

/** The file on PERSIST that tells which settings belong where: written atomically and durably. */
export interface SettingsStateFile {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}
