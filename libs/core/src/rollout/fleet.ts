/**
 * The nodes of a cluster indexed by the `OS` objects that select them. It holds nothing that the caches do not: it can
 * be thrown away and built again at any moment, and recomputes only what was touched, so that a pass over 20,000 nodes
 * costs a walk over an array.
 */
import { serialLabel, zoneLabel } from '../api/names.ts';
import { hasUnreadableSpec, type OsInstance } from '../api/os-instance.ts';
import type { Os } from '../api/os.ts';
import { compareText } from '../compare-text.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { compareAge, isSelected } from './selection.ts';
import { settingsStandingOf, type SettingsStanding } from './settings-standing.ts';
import { standingOf, type NodeFacts, type Standing } from './standing.ts';
import { historyOf, targetOf } from './target.ts';

/** Where the fleet reads from. */
export interface FleetSource {
  oses(): Iterable<Os>;
  nodes(): Iterable<NodeView>;
  node(name: string): NodeView | undefined;
  instances(): Iterable<OsInstance>;
  instance(name: string): OsInstance | undefined;
}

/** One node as an `OS` sees it. */
export interface Member {
  readonly name: string;
  readonly zone: string;
  readonly facts: NodeFacts;
  readonly standing: Standing;
  /** Selected by the object; false for nodes that only have an operation of it open. */
  readonly selected: boolean;
  /** Not Ready, cordoned, or with an operation that was admitted or cannot be read, whoever's it is. */
  readonly outOfService: boolean;
  /** Counts against `maxFailures` for the wanted target. */
  readonly counted: boolean;
  /** An earlier attempt at the wanted target ended without success; nobody has asked for another one since. */
  readonly tried: boolean;
  /** The admin or an earlier pass put the node into the current serial batch. */
  readonly inBatch: boolean;
  /** Absent when the object carries no settings, or does not select the node. */
  readonly settings?: SettingsStanding;
  /** Name of an older object that selects the node too. */
  readonly olderOwner?: string;
}

/** The stable order in which nodes take their turn: zone, then name. */
export function compareMembers(
  a: Pick<Member, 'zone' | 'name'>,
  b: Pick<Member, 'zone' | 'name'>,
): number {
  return compareText(a.zone, b.zone) || compareText(a.name, b.name);
}

/** The order of the line: who was tried before, such as after a drain that took too long, takes its turn last. */
export function compareTurns(a: Member, b: Member): number {
  return Number(a.tried) - Number(b.tried) || compareMembers(a, b);
}

/** True for a node that failed the wanted target or was given up for it, until the target changes or somebody asks. */
export function hasFailed({ counted, standing }: Member): boolean {
  return counted || standing.kind === 'failed';
}

interface OsMembers {
  readonly byName: Map<string, Member>;
  /** Sorted; `undefined` when a member came or went since. */
  sorted: Member[] | undefined;
}

/** The index. */
export class Fleet {
  readonly #source: FleetSource;
  #oses: readonly Os[] = [];
  #members = new Map<string, OsMembers>();
  #touched = new Set<string>();
  #stale = true;

  constructor(source: FleetSource) {
    this.#source = source;
  }

  /** Forgets everything; the next look rebuilds it. */
  invalidate(): void {
    this.#stale = true;
  }

  /**
   * Notes that an `OS` came, went or changed.
   *
   * @returns false when only its status changed, which moves no node.
   */
  touchOs(uid: string, current: Os | undefined): boolean {
    const known = this.#oses.find((os) => os.uid === uid);
    // The API server raises the generation with every change of the spec and with deletion.
    if (known === undefined || known.generation !== current?.generation) this.#stale = true;
    else this.#oses = this.#oses.map((os) => (os.uid === uid ? current : os));
    return this.#stale;
  }

  /** Notes that a node or its instance changed. */
  touch(node: string): void {
    this.#touched.add(node);
  }

  /** The objects, oldest first. */
  oses(): readonly Os[] {
    this.#bringUpToDate();
    return this.#oses;
  }

  /** Members of an object in their order. */
  members(osUid: string): readonly Member[] {
    this.#bringUpToDate();
    const members = this.#members.get(osUid);
    if (members === undefined) return [];
    members.sorted ??= [...members.byName.values()].sort(compareMembers);
    return members.sorted;
  }

  /** Number of members of an object. */
  size(osUid: string): number {
    this.#bringUpToDate();
    return this.#members.get(osUid)?.byName.size ?? 0;
  }

  /** One member of an object. */
  member(osUid: string, node: string): Member | undefined {
    this.#bringUpToDate();
    return this.#members.get(osUid)?.byName.get(node);
  }

  /** Uids of the objects that have this node as a member. */
  osesOf(node: string): readonly string[] {
    this.#bringUpToDate();
    return this.#oses
      .filter((os) => this.#members.get(os.uid)?.byName.has(node) === true)
      .map((os) => os.uid);
  }

  #bringUpToDate(): void {
    if (this.#stale) {
      this.#oses = [...this.#source.oses()].sort(compareAge);
      this.#members = new Map(
        this.#oses.map((os) => [os.uid, { byName: new Map(), sorted: undefined }]),
      );
      for (const node of this.#source.nodes()) this.#place(node.name);
    } else {
      for (const name of this.#touched) this.#place(name);
    }
    this.#stale = false;
    this.#touched.clear();
  }

  #place(name: string): void {
    const node = this.#source.node(name);
    const instance = this.#source.instance(name);
    let older: Os | undefined;
    for (const os of this.#oses) {
      const members = this.#members.get(os.uid);
      if (members === undefined) continue;
      const member = node === undefined ? undefined : memberOf(os, { node, instance }, older);
      if (member?.selected === true && !os.deleting) older ??= os;
      replaceMember(members, name, member);
    }
  }
}

function memberOf(os: Os, facts: NodeFacts, older: Os | undefined): Member | undefined {
  const selected = isSelected(os.selector, facts.node);
  const isOpen = facts.instance?.spec.operation?.osUid === os.uid;
  if (!selected && !isOpen) return undefined;
  const standing: Standing =
    os.spec === undefined
      ? isOpen
        ? { kind: 'open' }
        : { kind: 'waiting', reason: 'InvalidSpec', message: 'The object is not valid' }
      : standingOf(os, os.spec, facts);
  const member = {
    name: facts.node.name,
    zone: facts.node.labels[zoneLabel] ?? '',
    facts,
    standing,
    selected,
    outOfService: isOutOfService(facts),
    ...pastOf(os, facts, standing),
    inBatch: Object.hasOwn(facts.node.labels, serialLabel),
  };
  if (!selected) return member;
  const settings = os.spec && settingsStandingOf(os.spec, facts, standing);
  return {
    ...member,
    ...(settings === undefined ? {} : { settings }),
    ...(older === undefined ? {} : { olderOwner: `${older.namespace}/${older.name}` }),
  };
}

function isOutOfService({ node, instance }: NodeFacts): boolean {
  if (!node.ready || node.unschedulable) return true;
  if (instance === undefined) return false;
  return instance.spec.operation?.admitted === true || hasUnreadableSpec(instance);
}

type Past = Pick<Member, 'counted' | 'tried'>;

const nothing: Past = { counted: false, tried: false };

/** What the node has been through for the wanted target. */
function pastOf(os: Os, { instance }: NodeFacts, standing: Standing): Past {
  const history = instance?.spec.history;
  if (history === undefined || isRetried(standing)) return nothing;
  const target = targetOf(os, instance);
  if (target === undefined) return nothing;
  const { counted, attempts } = historyOf(history, target);
  return { counted, tried: attempts > 0 };
}

/** A person has asked for another attempt, which the failure gate must let through. */
function isRetried(standing: Standing): boolean {
  return standing.kind === 'eligible' && standing.retry !== undefined;
}

function replaceMember(members: OsMembers, name: string, member: Member | undefined): void {
  const previous = members.byName.get(name);
  if (member === undefined) {
    if (members.byName.delete(name)) members.sorted = undefined;
    return;
  }
  members.byName.set(name, member);
  if (previous === undefined || compareMembers(previous, member) !== 0) {
    members.sorted = undefined;
  } else if (members.sorted !== undefined) {
    swapIn(members.sorted, previous, member);
  }
}

/** Puts the member where its predecessor stood; the order did not change, so a binary search finds the place. */
function swapIn(sorted: Member[], previous: Member, next: Member): void {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle];
    if (at === undefined || compareMembers(at, previous) >= 0) high = middle;
    else low = middle + 1;
  }
  sorted[low] = next;
}
