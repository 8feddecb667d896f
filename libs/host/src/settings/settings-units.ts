/** The programs that settings are for, by the `systemctl` on PATH. */
import { hasCode, KubeosError, type Clock, type SettingsUnits } from '@kubeos/core';
import type { Exec } from '../exec.ts';
import { journalTail } from '../journal.ts';
import { checkContainerd } from './check-containerd.ts';
import { answersOk } from './health.ts';
import { journalErrors } from './journal-errors.ts';
import { startedUptimeSeconds } from './started.ts';

/** What restarting and checking programs takes. */
export interface SettingsUnitsDeps {
  readonly exec: Exec;
  readonly clock: Clock;
  /** A folder of root's alone, for files that are checked. */
  readonly folder: string;
  /** Where the kubelet says how it is; `false` when it does not (`healthzPort: 0`). */
  readonly kubeletHealthz: string | false;
}

type Unit = Parameters<SettingsUnits['restart']>[0];

/** Longer than systemd waits for a program that says when it is up. */
const restartLimitMs = 120_000;
const upLimitMs = 60_000;
/** So long it takes at most until a program that is restarted is up or has failed. */
export const longestRestartSeconds = (restartLimitMs + upLimitMs) / 1000;
const pauseMs = 2000;
/** So often in a row: a program that dies at once is up for a moment, again and again. */
const goodChecks = 5;
const journalLines = 200;
const evidenceBytes = 512;

/** Programs that systemd keeps. */
export function createSettingsUnits(deps: SettingsUnitsDeps): SettingsUnits {
  return {
    restart: async (unit) => {
      const { wallMs } = deps.clock.now();
      const problem = await restart(deps, unit);
      return problem === undefined ? undefined : withEvidence(deps, unit, wallMs, problem);
    },
    restartIfRunning: async (unit) => {
      // Waiting for it would make a boot wait that this very call belongs to.
      await deps.exec('systemctl', ['--no-block', 'try-restart', unit]);
    },
    startedUptimeSeconds: (unit) => startedUptimeSeconds(deps.exec, unit),
    // Types of the kubelet's configuration are checked where it is planned; its program has no check.
    check: async (unit, text) =>
      unit === 'containerd.service' ? checkContainerd(deps.exec, deps.folder, text) : undefined,
  };
}

async function restart(deps: SettingsUnitsDeps, unit: Unit): Promise<string | undefined> {
  const { exec } = deps;
  try {
    // What has failed too often with other settings would not be started with these.
    await exec('systemctl', ['reset-failed', unit], { okExitCodes: [0, 1] });
    await exec('systemctl', ['restart', unit], { timeoutMs: restartLimitMs });
    return await waitUntilUp(deps, unit);
  } catch (thrown) {
    if (!hasCode(thrown, 'COMMAND_FAILED', 'COMMAND_TIMEOUT')) throw thrown;
    return `it cannot be restarted: ${KubeosError.from(thrown).message}`;
  }
}

async function waitUntilUp(deps: SettingsUnitsDeps, unit: Unit): Promise<string | undefined> {
  const { clock } = deps;
  const deadlineMs = clock.now().monotonicMs + upLimitMs;
  let good = 0;
  for (;;) {
    const problem = await problemOf(deps, unit);
    good = problem === undefined ? good + 1 : 0;
    if (good === goodChecks) return undefined;
    if (clock.now().monotonicMs >= deadlineMs) {
      const what = problem ?? 'it comes and goes';
      return `it is not up ${upLimitMs / 1000} seconds after its restart: ${what}`;
    }
    await clock.sleep(pauseMs);
  }
}

/** What speaks against a program at this moment. */
async function problemOf(
  { exec, kubeletHealthz }: SettingsUnitsDeps,
  unit: Unit,
): Promise<string | undefined> {
  // Exit codes of systemctl(1): 3 for a unit that is not active, 4 for none.
  const { exitCode, stdout } = await exec('systemctl', ['is-active', unit], {
    okExitCodes: [0, 1, 2, 3, 4],
  });
  if (exitCode !== 0) return `systemd says "${stdout.trim()}"`;
  if (unit !== 'kubelet.service' || kubeletHealthz === false) return undefined;
  const isHealthy = await answersOk(kubeletHealthz);
  return isHealthy ? undefined : `${kubeletHealthz} does not answer with 200`;
}

/** With what the program has said of itself since then; the whole of it is for those who may read the journal. */
async function withEvidence(
  { exec }: SettingsUnitsDeps,
  unit: Unit,
  sinceMs: number,
  problem: string,
): Promise<string> {
  const since = `--since=@${Math.floor(sinceMs / 1000)}`;
  const args = [`--unit=${unit}`, '--output=cat', since];
  const errors = journalErrors((await journalTail(exec, journalLines, args)) ?? '').join('\n');
  const where = `${problem} (more on the node: journalctl --unit=${unit})`;
  if (errors === '') return where;
  // What fails a program comes last.
  const bytes = Buffer.from(errors).subarray(-evidenceBytes);
  return `${where}; its errors, without values:\n${bytes.toString().replace(/^\uFFFD+/u, '')}`;
}
