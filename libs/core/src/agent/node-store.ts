/** Reads the node and carries out changes: intent to PERSIST, then the sector, then the result. */
import type { AgentWarning } from '../api/agent-status.ts';
import { KubeosError } from '../errors/index.ts';
import { candidateOf, sameVars, writeBootVars } from '../slots/index.ts';
import type { AgentDeps } from './agent.ts';
import { decideSettle } from './decide-settle.ts';
import type { Change } from './decision.ts';
import {
  operationIdOf,
  parseState,
  renderState,
  type AgentState,
  type StateReading,
} from './record.ts';
import {
  hasFallenBack,
  isArmedHere,
  mayBeInTrial,
  worldOf,
  type KnownWorld,
  type World,
} from './world.ts';

/** The node, as one agent process reads and changes it. */
export interface NodeStore {
  /** Looks at everything. May be called without the lock; then it only serves to be shown. */
  look(): Promise<World>;
  /**
   * Under the node's lock: looks, puts right what is not in line, then works. Throws `BUSY`, and `SLOT_NOT_FOUND` when
   * nobody can tell which slot is booted.
   */
  locked<T>(work: (world: KnownWorld) => Promise<T>): Promise<T>;
  /** Carries out a change; only inside `locked`. Throws the storage codes, `BOOT_SECTOR_FULL` and `REBOOT_FAILED`. */
  apply(world: KnownWorld, change: Change): Promise<KnownWorld>;
  /** Has somebody look after a deadline, also when this process dies; a failure is logged. */
  startTimer(): Promise<void>;
  /** False only when it is known that the running system is not on trial; looks also where a part cannot be read. */
  isTrialPossible(): Promise<boolean>;
  /** What went wrong with PERSIST when it was last written. */
  trouble(): AgentWarning | undefined;
  /** How many changes this process has made. */
  changes(): number;
}

/** Looks at a disk that others keep changing, before it is taken as it is. */
const readLimit = 5;
/** More steps than a world can need until it is settled. */
const settleLimit = 10;

/** Builds the store; nothing is read yet. */
export function createNodeStore(deps: AgentDeps): NodeStore {
  const { env, state, machine, timer, slots, log } = deps;
  let trouble: AgentWarning | undefined;
  let changes = 0;
  let parsed: { readonly text: string | undefined; readonly reading: StateReading } | undefined;

  /** A fact that is good to have: without it the agent still has to work. */
  async function optional<T>(reading: Promise<T>, otherwise: T, what: string): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      log.warn({ error, what }, 'Could not read a fact of the node');
      return otherwise;
    }
  }

  /**
   * Sector and record as they belong together, also while another process changes them: each change writes the record
   * before and after the sector, so a record that stays the same around the sector is of its time.
   */
  async function readDisk(): Promise<{
    readonly block: Uint8Array | undefined;
    readonly stateText: string | undefined;
  }> {
    let stateText = await readState();
    for (let attempt = 1; ; attempt += 1) {
      const block = await env.read();
      const again = await readState();
      if (again === stateText || attempt === readLimit) return { block, stateText: again };
      stateText = again;
    }
  }

  /** An unreadable file is as good as a broken one. */
  function readState(): Promise<string | undefined> {
    return optional(state.read(), '', 'state file');
  }

  /** Parses a text once for as long as the file stays the same. */
  function readingOf(text: string | undefined, machineId: string): StateReading {
    if (parsed?.text !== text || parsed === undefined) {
      parsed = { text, reading: parseState(text, machineId) };
    }
    return parsed.reading;
  }

  async function look(): Promise<World> {
    const [facts, uptimeSeconds] = await Promise.all([machine.facts(), machine.uptimeSeconds()]);
    const { block, stateText } = await readDisk();
    const state = readingOf(stateText, facts.machineId);
    const world = worldOf({ facts, uptimeSeconds, block, state });
    const rebooting =
      (isArmedHere(world) || hasLeft(world)) &&
      (await optional(machine.isRebooting(), false, 'shutdown'));
    if (!hasFallenBack(world)) return { ...world, rebooting };
    const journalTail = await optional(machine.previousJournalTail(), undefined, 'journal');
    return { ...world, rebooting, ...(journalTail === undefined ? {} : { journalTail }) };
  }

  async function isTrialPossible(): Promise<boolean> {
    const facts = await optional(machine.facts(), undefined, 'boot');
    if (facts === undefined) return true;
    const block = await optional(env.read(), undefined, 'boot sector');
    const state = readingOf(await readState(), facts.machineId);
    return mayBeInTrial(worldOf({ facts, block, state, uptimeSeconds: 0 }));
  }

  async function settled(): Promise<KnownWorld> {
    const world = await look();
    const booted = world.facts.bootedSlot;
    if (booted === undefined) {
      throw new KubeosError('SLOT_NOT_FOUND', 'The running system is in neither of the slots');
    }
    let known: KnownWorld = { ...world, booted };
    for (let step = 0; step < settleLimit; step += 1) {
      const change = decideSettle(known);
      if (change === undefined) return known;
      known = await apply(known, change);
    }
    throw new KubeosError('BUG', `The node is not settled after ${settleLimit} steps`);
  }

  async function apply(world: KnownWorld, change: Change): Promise<KnownWorld> {
    const next = { ...change.record, vars: change.vars, bootId: world.facts.bootId };
    const { seq } = next;
    const operation = operationIdOf(next, seq);
    log.info({ operation, seq, slots: change.vars.slots, why: change.why }, 'Changing the node');
    changes += 1;
    if (isArmedHere({ ...world, vars: change.vars, record: next })) await startTimer();
    const isWritten = world.varsAreWritten && sameVars(world.vars, change.vars, 'exact');
    let { block } = world;
    if (!isWritten) {
      const write = writeBootVars(block, change.vars);
      const now = world.varsAreWritten ? { ...world.record, vars: world.vars } : world.record;
      await persist({ current: now, intent: { vars: change.vars, next } }, change.persist);
      await (write.kind === 'sector' ? env.writeSector(write.bytes) : env.replace(write.bytes));
      block = written(block, write.bytes);
    }
    await persist({ current: next }, isWritten ? change.persist : 'bestEffort');
    if (change.invalidate !== undefined) {
      await optional(slots.invalidate(change.invalidate), undefined, 'slot to be cleared');
    }
    if (change.reboot) await machine.reboot();
    return {
      ...world,
      block,
      vars: change.vars,
      varsAreWritten: true,
      record: next,
      rebooting: world.rebooting || change.reboot,
    };
  }

  /** Before the slot is armed, so that somebody looks after it when this process dies right behind. */
  async function startTimer(): Promise<void> {
    try {
      await timer.start();
    } catch (error) {
      log.warn({ error }, 'Could not start the timer; only this process looks after a deadline');
    }
  }

  async function persist(next: AgentState, policy: Change['persist']): Promise<void> {
    try {
      await state.write(renderState(next));
      trouble = undefined;
    } catch (thrown) {
      const error = KubeosError.from(thrown);
      const reason = error.code === 'STORAGE_FULL' ? 'PersistFull' : 'PersistFailed';
      trouble = { reason, message: `PERSIST cannot be written: ${error.message}` };
      if (policy === 'needed') throw error;
      log.error({ error }, 'Could not write the state file');
    }
  }

  return {
    look,
    locked: (work) => deps.lock.exclusively(async () => work(await settled())),
    apply,
    startTimer,
    isTrialPossible,
    trouble: () => trouble,
    changes: () => changes,
  };
}

/** True when the running slot is neither the default nor on trial any more, so that it is about to be left. */
function hasLeft({ vars, facts }: World): boolean {
  return facts.bootedSlot === candidateOf(vars) && vars.slots[facts.bootedSlot] !== 'trial';
}

function written(block: Uint8Array | undefined, bytes: Uint8Array): Uint8Array {
  if (block === undefined || bytes.length > block.length) return bytes;
  const next = Uint8Array.from(block);
  next.set(bytes);
  return next;
}
