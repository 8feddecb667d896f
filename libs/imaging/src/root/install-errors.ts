import { hasCode, KubeosError } from '@kubeos/core';

/** What an installing program said, as far as it matters when it fails. */
export interface InstallLog {
  /** Takes a piece of its output. */
  add(text: string): void;
  text(): string;
}

/** Enough for the last step of apt or dnf with all its complaints. */
const keptCharacters = 64 * 1024;

/** Keeps the end of an output in memory; nothing of it is written to a file. */
export function createInstallLog(): InstallLog {
  let kept = '';
  return {
    add: (text) => {
      kept = (kept + text).slice(-keptCharacters);
    },
    text: () => kept,
  };
}

interface Pattern {
  readonly found: RegExp;
  readonly toError: (match: RegExpExecArray, repoPath: string) => KubeosError;
}

const fullDisk =
  /No space left on device|enough free space|more space needed|Disk quota exceeded/iu;
const noPackage =
  /Unable to locate package (\S+)|Package '([^']+)' has no installation candidate|Unable to find a match: ([^\n]+)|No match for argument: (\S+)|Version '[^']*' for '([^']+)' was not found/u;
const notSigned =
  /The repository '([^']+)' is not signed|GPG error: (\S+)|Public key for (\S+) is not installed|NO_PUBKEY (\S+)|not have any GPG public keys[^]*Problem repository: (\S+)|GPG check FAILED/u;
const notReached =
  /The repository '([^']+)' does not have a Release file|E: Failed to fetch (\S+)\s+([^\n]*)|Failed to download metadata for repo '([^']+)'(?:: ([^\n]*))?/u;

/** Most telling first: a full disk makes apt complain about much else. */
const patterns: readonly Pattern[] = [
  {
    found: fullDisk,
    toError: () =>
      new KubeosError(
        'STORAGE_FULL',
        'The disk is full: give the folder of the build more space, 3 GiB for a small image',
      ),
  },
  {
    found: noPackage,
    toError: (match, repoPath) => missingPackage(firstGroup(match), repoPath),
  },
  { found: notSigned, toError: (match, repoPath) => unsigned(firstGroup(match), repoPath) },
  { found: notReached, toError: unreachable },
];

function firstGroup(match: RegExpExecArray): string {
  return match.slice(1).find(Boolean) ?? '';
}

function missingPackage(name: string, repoPath: string): KubeosError {
  return new KubeosError(
    'SOURCE_NOT_FOUND',
    `No package ${name} in the repositories of ${repoPath}: see rpmlist for a wrong name, or add the repository that has it`,
    { details: { package: name } },
  );
}

function unsigned(source: string, repoPath: string): KubeosError {
  return new KubeosError(
    'INSECURE_SOURCE',
    `Signatures of ${source === '' ? 'the packages' : source} cannot be checked: ${repoPath} has to name the key (Signed-By, gpgkey), and this machine has to have it`,
    { details: { source } },
  );
}

function unreachable(match: RegExpExecArray, repoPath: string): KubeosError {
  const source = match[1] ?? match[2] ?? match[4] ?? '';
  const why = match[3] ?? match[5];
  return new KubeosError(
    'SOURCE_UNREACHABLE',
    `Cannot read the repository ${source}${why === undefined ? '' : ` (${why.trim()})`}: check its address in ${repoPath}, and network and proxy of this machine`,
    { details: { source } },
  );
}

/**
 * Says why an installing program failed, from what it printed: which package or repository, and what to do.
 * `CANCELLED` and `COMMAND_TIMEOUT` come back as they are.
 */
export function installError(thrown: unknown, log: string, repoPath: string): KubeosError {
  if (!hasCode(thrown, 'COMMAND_FAILED')) return KubeosError.from(thrown);
  for (const { found, toError } of patterns) {
    const match = found.exec(log);
    if (match !== null) return toError(match, repoPath);
  }
  const lines = complaints(log);
  return new KubeosError(
    'COMMAND_FAILED',
    `Installing the packages of ${repoPath} failed: ${lines === '' ? thrown.message : lines}`,
    { cause: thrown, details: thrown.details },
  );
}

/** The last lines that look like a complaint; of apt those that mmdebstrap repeats are left out. */
function complaints(log: string): string {
  const all = log.split('\n').map((line) => line.trim());
  const said = all.filter(
    (line) =>
      /^(?:E:|Error|error:|dpkg: error|Problem|\s*- )/u.test(line) &&
      !/^E: (?:setup failed|mmdebstrap|apt-get|run_chroot failed|env )/u.test(line),
  );
  const lines = said.length > 0 ? said : all.filter((line) => line !== '');
  return lines.slice(-4).join('; ');
}
