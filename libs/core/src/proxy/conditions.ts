/** The conditions of an `OSInstance` that its proxy keeps. They are for people; no decision reads them. */
import type { AgentStatus, SettingNotes } from '../api/agent-status.ts';
import { otherSlot } from '../api/operation.ts';
import type { OsInstance, OsInstanceStatus } from '../api/os-instance.ts';
import { setConditions, type Condition } from '../conditions/index.ts';
import { errorCodes, isErrorCode } from '../errors/codes.ts';
import { settingsVersion } from '../lifecycle/settings-to-apply.ts';
import type { Now } from '../ports/clock.ts';
import { clip } from '../rollout/fleet-status.ts';
import { isSame } from '../same.ts';

type Told = Pick<Condition, 'status' | 'reason' | 'message'>;
type Problem = OsInstanceStatus['problem'];

/** So many settings are named in a message. */
const namedNotes = 3;

/** Condition types whose one writer is the proxy; all others in the list are left as they are. */
export const proxyConditionTypes = [
  'UpToDate',
  'Prepared',
  'RebootPending',
  'ConfigApplied',
  'Degraded',
] as const;

type ProxyConditionType = (typeof proxyConditionTypes)[number];

/**
 * The whole list with ours as they are now and those of the operator untouched; `undefined` when ours are stored already.
 */
export function conditionsOf(
  instance: OsInstance,
  agent: AgentStatus | undefined,
  problem: Problem,
  now: Now,
): readonly Condition[] | undefined {
  const stored = instance.status.conditions ?? [];
  const told: Readonly<Record<ProxyConditionType, Told>> = {
    UpToDate: upToDate(instance, agent),
    Prepared: prepared(instance, agent),
    RebootPending: rebootPending(agent),
    ConfigApplied: configApplied(instance, agent),
    Degraded: degraded(agent, problem),
  };
  const nowIso = `${new Date(now.wallMs).toISOString().slice(0, 19)}Z`;
  const wanted = proxyConditionTypes.map((type) => ({
    type,
    ...told[type],
    message: clip(told[type].message),
  }));
  const mine = setConditions(stored, wanted, nowIso);
  const isStored = (condition: Condition): boolean =>
    stored.some((other) => other.type === condition.type && isSame(other, condition));
  if (mine.every(isStored)) return undefined;
  const types: ReadonlySet<string> = new Set(proxyConditionTypes);
  return [...stored.filter((condition) => !types.has(condition.type)), ...mine];
}

/** Between operations the answer of the last one stands: only an operation names a wanted version. */
function upToDate(instance: OsInstance, agent: AgentStatus | undefined): Told {
  const { operation } = instance.spec;
  if (agent === undefined) return noAgent();
  if (operation === undefined) {
    const before = instance.status.conditions?.find((condition) => condition.type === 'UpToDate');
    if (before === undefined)
      return unknown('NoOperation', 'No version was asked of this node yet');
    return { status: before.status, reason: before.reason, message: before.message };
  }
  const wanted = operation.target.version;
  const isGood = agent.bootedSlot !== undefined && agent.slots[agent.bootedSlot].state === 'good';
  if (agent.version !== wanted)
    return no('OtherVersion', `Runs ${agent.version}, wanted ${wanted}`);
  if (!isGood) return no('NotConfirmed', `Runs ${wanted}, not confirmed yet`);
  return yes('Confirmed', `Runs ${wanted}`);
}

function prepared(instance: OsInstance, agent: AgentStatus | undefined): Told {
  if (agent?.bootedSlot === undefined) return noAgent();
  const name = otherSlot(agent.bootedSlot);
  const idle = agent.slots[name];
  const wanted = instance.spec.operation?.target.version;
  if (idle.state === 'empty') return no('SlotEmpty', `Slot ${name} holds no system`);
  if (idle.state === 'failed') return no('SlotFailed', `Slot ${name} did not prove good`);
  if (wanted !== undefined && idle.version !== wanted) {
    return no('OtherVersion', `Slot ${name} holds ${idle.version ?? 'an unknown version'}`);
  }
  return yes('SlotReady', `Slot ${name} holds ${idle.version ?? 'an unknown version'}`);
}

function rebootPending(agent: AgentStatus | undefined): Told {
  if (agent === undefined) return noAgent();
  if (agent.operation?.result === 'Armed') {
    return yes('Armed', 'The candidate is armed for the next boot');
  }
  if (agent.settings?.rebootPending === true) {
    return yes('SettingsPending', 'Settings were changed that count with the next boot');
  }
  const programs = agent.settings?.pendingRestarts ?? [];
  if (programs.length > 0) {
    const message = `Files were changed since these programs were started: ${programs.join(', ')}`;
    return yes('RestartPending', message);
  }
  return no('NotArmed', 'No reboot is asked for');
}

/** A set that is wanted and was not applied is told last: until it is, the faults are those of the sets that hold. */
function configApplied({ spec }: OsInstance, agent: AgentStatus | undefined): Told {
  if (agent === undefined) return noAgent();
  const { settings } = agent;
  if (settings === undefined) return unknown('NotReported', 'The agent does not report settings');
  const { refused, drift, before, after } = settings;
  if (refused.total > 0) return no('KeysRefused', notesText('refused', refused));
  if (drift.total > 0) return no('Drifted', notesText('found otherwise', drift));
  const sets = [
    { name: 'upgradeconfigs', wanted: spec.upgradeconfigs, applied: before },
    { name: 'sysconfigs', wanted: spec.sysconfigs, applied: after },
  ];
  const pending = sets.find(
    ({ wanted, applied }) => wanted !== undefined && settingsVersion(wanted) !== (applied ?? ''),
  );
  if (pending !== undefined) {
    const { name, wanted } = pending;
    return no('Pending', `Version "${settingsVersion(wanted)}" of ${name} is not applied`);
  }
  const held = sets.filter(({ applied }) => applied !== undefined);
  if (held.length === 0) return yes('NoSettings', 'No settings were asked of this node');
  const versions = held.map(({ name, applied }) => `version "${applied}" of ${name}`);
  return yes('Applied', `In force: ${versions.join(', ')}`);
}

/** How many there are, and the first of them by name. */
function notesText(what: string, { total, first }: SettingNotes): string {
  const named = first.slice(0, namedNotes);
  const texts = named.map(({ model, key, message }) => `${model} ${key}: ${message}`);
  return `${String(total)} setting(s) ${what}: ${texts.join('; ')}`;
}

function degraded(agent: AgentStatus | undefined, problem: Problem): Told {
  if (problem !== undefined) return yes(reasonOf(problem.code), problem.message);
  const warning = agent?.warnings[0];
  if (warning !== undefined) return yes(warning.reason, warning.message);
  const failure = agent?.lastFailure;
  if (failure !== undefined) return yes(reasonOf(failure.code), failure.message);
  return no('AsExpected', '');
}

function reasonOf(code: string): string {
  return isErrorCode(code) ? errorCodes[code].reason : 'UnknownProblem';
}

function noAgent(): Told {
  return unknown('NoAgentStatus', 'The agent has not told its status yet');
}

function yes(reason: string, message: string): Told {
  return { status: 'True', reason, message };
}

function no(reason: string, message: string): Told {
  return { status: 'False', reason, message };
}

function unknown(reason: string, message: string): Told {
  return { status: 'Unknown', reason, message };
}
