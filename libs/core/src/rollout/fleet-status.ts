/** What people read in `OS.status`: counts, conditions, and the one thing being waited for. Bounded in size. */
import type { Condition } from '../conditions/condition.ts';
import { schemaRevision } from '../api/names.ts';
import type { Os, OsStatus } from '../api/os.ts';
import type { FleetPlan } from './decide-fleet.ts';
import { lineReasons } from './line.ts';
import { operationOf, type Tally } from './tally.ts';
import { carriesSettings, settingsFaults } from './settings-standing.ts';
import { exampleLimit, type WaitReason } from './waiting.ts';

type Wanted = Omit<Condition, 'lastTransitionTime'>;

/** The status without the ticket; `workReasonOf` tells why a node at work waits. */
export interface FleetReport {
  readonly status: Omit<OsStatus, 'admission' | 'conditions'>;
  readonly conditions: readonly Wanted[];
}

/**
 * Longest message in bytes; the API allows 32,768, people read less. The whole status has to stay below that: eight
 * messages, the names of ten reasons and the ticket.
 */
const messageBytes = 512;
/** Most bytes of the names of one reason. */
const examplesBytes = 800;

/** Composes the report from the same facts that the decision used. */
export function fleetReport(
  os: Os,
  tally: Tally,
  plan: FleetPlan,
  workReasonOf: (node: string) => WaitReason | undefined,
): FleetReport {
  const wait = theOneThing(tally, plan, workReasonOf);
  const updated = tally.selected > 0 && tally.updated === tally.selected;
  return {
    status: {
      observedGeneration: os.generation,
      schemaRevision,
      nodes: tally.selected,
      updated: tally.updated,
      preparing: tally.preparing.length + tally.prepared.length,
      working: tally.working.length,
      failed: tally.failed.length,
      waiting: plan.waiting
        .slice(0, exampleLimit)
        .map(({ reason, count, examples }) => ({ reason, count, examples: fitting(examples) })),
      message: clip(wait?.message ?? (updated ? 'All nodes are up to date' : '')),
    },
    conditions: [
      ready(os, tally, plan, wait),
      progressing(os, tally, wait),
      degraded(os, tally),
      paused(os),
      digestDiffers(os, tally),
      ...aboutSettings(os, tally),
    ],
  };
}

/** Names the one thing: a closed gate, else the first node at work, else what holds up most of the nodes. */
function theOneThing(
  tally: Tally,
  plan: FleetPlan,
  workReasonOf: (node: string) => WaitReason | undefined,
): WaitReason | undefined {
  const allDone = tally.selected > 0 && tally.updated === tally.selected;
  if (plan.gate !== undefined && !(allDone && plan.gate.reason !== 'SelectorConflict')) {
    if (tally.working.length === 0 || !gatesThatWaitForWork.has(plan.gate.reason)) return plan.gate;
  }
  return nodeAtWork(tally, workReasonOf) ?? mostCommon(plan);
}

function nodeAtWork(
  tally: Tally,
  workReasonOf: (node: string) => WaitReason | undefined,
): WaitReason | undefined {
  const member = tally.working[0] ?? tally.preparing[0];
  if (member === undefined) return undefined;
  const phase = operationOf(member)?.phase ?? 'at work';
  const { reason, message } = workReasonOf(member.name) ?? { reason: phase, message: phase };
  return { reason, message: `${member.name}: ${message}` };
}

/** The line waits for its canary or for those that are held up; that it waits is the last thing to say. */
function mostCommon({ waiting }: FleetPlan): WaitReason | undefined {
  const most =
    waiting.find(({ reason }) => reason === 'CanaryPending') ??
    waiting.find(({ reason }) => !lineReasons.has(reason)) ??
    waiting[0];
  if (most === undefined) return undefined;
  const names = most.examples.slice(0, 3).join(', ');
  return {
    reason: most.reason,
    message: `${String(most.count)} node(s) wait, ${names} among them: ${most.message}`,
  };
}

/** Gates that open by themselves when the node at work is through; then that node is the better answer. */
const gatesThatWaitForWork = new Set(['BudgetSpent', 'TimeInterval']);

function ready(os: Os, tally: Tally, plan: FleetPlan, wait: WaitReason | undefined): Wanted {
  const stopped = ['InvalidSpec', 'SelectorConflict', 'CRDOutdated'];
  if (plan.gate !== undefined && stopped.includes(plan.gate.reason)) {
    return condition(os, 'Ready', 'False', plan.gate.reason, plan.gate.message);
  }
  if (tally.selected === 0) {
    return condition(os, 'Ready', 'True', 'NoNodes', 'The selector chooses no node');
  }
  if (tally.updated === tally.selected) {
    return condition(os, 'Ready', 'True', 'AllNodesUpdated', `${String(tally.updated)} node(s)`);
  }
  const text = `${String(tally.updated)} of ${String(tally.selected)} node(s) are up to date`;
  return condition(
    os,
    'Ready',
    'False',
    wait?.reason ?? 'NodesNotUpdated',
    wait === undefined ? text : `${text}. ${wait.message}`,
  );
}

function progressing(os: Os, tally: Tally, wait: WaitReason | undefined): Wanted {
  const open = tally.working.length + tally.preparing.length + tally.prepared.length;
  return open > 0
    ? condition(os, 'Progressing', 'True', 'NodesAtWork', `${String(open)} node(s) are at work`)
    : condition(os, 'Progressing', 'False', wait?.reason ?? 'NothingToDo', wait?.message ?? '');
}

function degraded(os: Os, tally: Tally): Wanted {
  if (tally.failed.length === 0) return condition(os, 'Degraded', 'False', 'NoFailures', '');
  const names = tally.failed.slice(0, exampleLimit).join(', ');
  return condition(
    os,
    'Degraded',
    'True',
    'NodesFailed',
    `${String(tally.failed.length)} node(s) failed: ${names}`,
  );
}

function paused(os: Os): Wanted {
  return os.spec?.paused === true
    ? condition(os, 'Paused', 'True', 'Paused', 'spec.paused is set')
    : condition(os, 'Paused', 'False', 'NotPaused', '');
}

function digestDiffers(os: Os, tally: Tally): Wanted {
  if (tally.digestDiffers.length === 0) {
    return condition(os, 'DigestDiffers', 'False', 'DigestsMatch', '');
  }
  const names = tally.digestDiffers.slice(0, exampleLimit).join(', ');
  return condition(
    os,
    'DigestDiffers',
    'True',
    'SameVersionOtherDigest',
    `${String(tally.digestDiffers.length)} node(s) run the wanted version from another image; only a new version text moves them: ${names}`,
  );
}

/** Of an object that carries no settings there is nothing to say. */
function aboutSettings(os: Os, { settings }: Tally): readonly Wanted[] {
  const [first] = os.warnings;
  const warning =
    first === undefined
      ? condition(os, 'SettingsWarning', 'False', 'NoWarnings', '')
      : condition(
          os,
          'SettingsWarning',
          'True',
          'ToBeMended',
          os.warnings.map(({ path, message }) => `${path}: ${message}`).join('; '),
        );
  const carries = os.spec !== undefined && carriesSettings(os.spec);
  return [
    ...(carries ? [settingsApplied(os, settings)] : []),
    ...(carries || first !== undefined ? [warning] : []),
  ];
}

/** The worst that there is to say of any node, with how many there are and what holds for the first of them. */
function settingsApplied(os: Os, settings: Tally['settings']): Wanted {
  for (const fault of settingsFaults) {
    const found = settings.find(({ reason }) => reason === fault);
    if (found === undefined) continue;
    const { count, examples, message } = found;
    const text = `${String(count)} node(s), ${examples[0] ?? ''} first: ${message}`;
    return condition(os, 'SettingsApplied', 'False', fault, text);
  }
  return condition(os, 'SettingsApplied', 'True', 'Applied', '');
}

function condition(
  os: Os,
  type: string,
  status: 'True' | 'False',
  reason: string,
  message: string,
): Wanted {
  return { type, status, reason, message: clip(message), observedGeneration: os.generation };
}

/** The text as a message of a condition: one that is too long is cut behind a whole character. */
export function clip(text: string): string {
  let bytes = 0;
  let kept = 0;
  for (const char of text) {
    bytes += bytesOf(char);
    if (bytes <= messageBytes - 3) kept += char.length;
    if (bytes > messageBytes) return `${text.slice(0, kept)}...`;
  }
  return text;
}

/** Length of a character in UTF-8. */
function bytesOf(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** The first names, as many as there is room for; names of Nodes are ASCII. */
function fitting(names: readonly string[]): readonly string[] {
  let bytes = 0;
  const tooMany = names.findIndex((name) => {
    bytes += name.length + 3;
    return bytes > examplesBytes;
  });
  return tooMany < 0 ? names : names.slice(0, tooMany);
}
