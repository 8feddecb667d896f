/** One pass over one node: its `OSInstance`, its open operation, and cordons of ours that nothing speaks for. */
import { cordonAnnotation, operationFinalizer } from '../api/names.ts';
import { hasUnreadableSpec, type OsInstance } from '../api/os-instance.ts';
import type { Operation } from '../api/operation.ts';
import type { Os } from '../api/os.ts';
import { isConfigured } from '../lifecycle/configured.ts';
import { neededRenewals } from '../lifecycle/confirm.ts';
import { decideOperation } from '../lifecycle/decide-operation.ts';
import { unownedCordonChange, uncordonChange } from '../lifecycle/cordon.ts';
import { sooner, type Requeue } from '../lifecycle/requeue.ts';
import type { OperationDecision, OperationView } from '../lifecycle/view.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { isControlPlane, isSelected } from '../rollout/selection.ts';
import { freshReport, isUnownedTrial } from '../rollout/standing.ts';
import { wallTime, type OperatorContext } from './context.ts';
import { carryOut } from './node-actions.ts';
import { tellConditions } from './instance-conditions.ts';

const onChange: Requeue = { kind: 'onChange' };
/** Seconds after which the eviction of a pod that may not go is asked for again. */
const askAgainSeconds = 5;

/** Looks at the node and does the next safe thing about it. */
export async function nodePass(context: OperatorContext, name: string): Promise<Requeue> {
  const { cache } = context;
  const node = cache.node(name);
  const instance = cache.instance(name);
  // Until somebody mends it: what it asks for may not be undone either.
  if (instance !== undefined && hasUnreadableSpec(instance)) return onChange;
  if (instance?.spec.operation !== undefined) return operationPass(context, node, instance);
  forgetWork(context, name);
  if (instance !== undefined && isHeldForNothing(instance)) return letGo(context, instance);
  if (node === undefined) return instance === undefined ? onChange : orphan(context, instance);
  if (isControlPlane(node)) return onChange;
  if (instance === undefined) return create(context, node);
  // The Node was registered again: its predecessor's records speak of another machine.
  if (!isOwner(node, instance)) return orphan(context, instance);
  return restPass(context, node, instance);
}

/** An older CRD has dropped the operation that it was to outlive: without this it would be deleted for ever. */
function isHeldForNothing({ deleting, finalizers }: OsInstance): boolean {
  return deleting && finalizers.includes(operationFinalizer);
}

async function letGo({ api }: OperatorContext, instance: OsInstance): Promise<Requeue> {
  await api.writeInstance(instance, instance.spec, false);
  return onChange;
}

async function create({ api }: OperatorContext, node: NodeView): Promise<Requeue> {
  if (!node.deleting) await api.createInstance(node, { nodestatus: 'idle' });
  return onChange;
}

async function restPass(
  context: OperatorContext,
  node: NodeView,
  instance: OsInstance,
): Promise<Requeue> {
  if (instance.ownerUid === undefined && !node.deleting) return adopt(context, instance);
  const told = await tellConditions(context, instance, undefined);
  return sooner(await idlePass(context, node, instance), told);
}

/** Drops what was remembered of an operation, and of a Node or an instance that is gone. */
function forgetWork({ cache, memory }: OperatorContext, name: string): void {
  memory.since.forget(`node/${name}`);
  memory.workReasons.delete(name);
  memory.toldWaits.delete(name);
  if (cache.node(name) === undefined) memory.passedOver.delete(name);
  if (cache.instance(name) === undefined) memory.words.delete(name);
}

/** Upstream's instances name no owner and are adopted with what they hold. */
function isOwner(node: NodeView, { ownerUid }: OsInstance): boolean {
  return ownerUid === undefined || ownerUid === node.uid;
}

/** With an owner it goes with this Node, and its records are not taken for those of a later one. */
async function adopt({ api }: OperatorContext, instance: OsInstance): Promise<Requeue> {
  const node = await api.getNode(instance.name);
  if (node !== undefined) await api.adoptInstance(node, instance);
  return onChange;
}

/** Removes an instance whose Node is gone; the garbage collector does the same where it runs. */
async function orphan(context: OperatorContext, instance: OsInstance): Promise<Requeue> {
  const node = await context.api.getNode(instance.name);
  if (node !== undefined && isOwner(node, instance)) return { kind: 'after', seconds: 1 };
  if (!instance.deleting) await context.api.deleteInstance(instance);
  return onChange;
}

/** Without an operation: a trial nobody asked for is cordoned, and a cordon of ours without a reason is taken off. */
async function idlePass(
  context: OperatorContext,
  node: NodeView,
  instance: OsInstance,
): Promise<Requeue> {
  const facts = { node, instance };
  const owned = Object.hasOwn(node.annotations, cordonAnnotation);
  if (isUnownedTrial(facts)) {
    if (!node.unschedulable) await context.api.changeNode(node, unownedCordonChange(node));
    return onChange;
  }
  const agent = freshReport(facts);
  const isBack =
    agent?.bootedSlot !== undefined && agent.slots[agent.bootedSlot].state === 'good' && node.ready;
  if (!owned || !isBack) return onChange;
  // Believed only on a read past all caches: an operation that is just being written owns its cordon.
  const [current, now] = [
    await context.api.getInstance(node.name),
    await context.api.getNode(node.name),
  ];
  if (current?.spec.operation !== undefined || now === undefined)
    return { kind: 'after', seconds: 1 };
  if (!Object.hasOwn(now.annotations, cordonAnnotation)) return onChange;
  await context.api.changeNode(now, uncordonChange(now));
  return onChange;
}

async function operationPass(
  context: OperatorContext,
  cachedNode: NodeView | undefined,
  instance: OsInstance,
): Promise<Requeue> {
  let decided: Decided | undefined;
  try {
    decided = await decide(context, cachedNode, instance);
  } catch (error) {
    // What has to hold without a break was not seen in this pass.
    context.memory.since.interrupt(`node/${instance.name}`, ['healthy:', 'cordon:']);
    throw error;
  }
  return decided === undefined ? onChange : finish(context, decided.view, decided.decision);
}

interface Decided {
  readonly view: OperationView;
  readonly decision: OperationDecision;
}

async function decide(
  context: OperatorContext,
  cachedNode: NodeView | undefined,
  instance: OsInstance,
): Promise<Decided | undefined> {
  const { memory, clock, api } = context;
  const { name } = instance;
  const now = clock.now();
  const pass = memory.since.begin(`node/${name}`, now.monotonicMs);
  // That a Node is gone, or another one, is believed only on a read past all caches.
  const isOther = cachedNode === undefined || cachedNode.uid !== instance.spec.operation?.nodeUid;
  const node = isOther ? await api.getNode(name) : cachedNode;
  let view = await viewOf(context, instance, node, pass.since);
  if (view === undefined) return undefined;
  let decision = decideOperation(view);
  if (decision.need === 'pods') {
    const pods = await api.listPods(name);
    const read = await api.getNode(name);
    view = { ...view, pods, node: read, selected: isStillSelected(view.os, read) };
    decision = decideOperation(view);
  }
  pass.end();
  return { view, decision };
}

async function finish(
  context: OperatorContext,
  view: OperationView,
  decision: OperationDecision,
): Promise<Requeue> {
  const { name } = view.instance;
  let waiting = decision.waiting;
  let { requeue } = decision;
  for (const action of decision.actions) {
    const obstacle = await carryOut(context, view, action);
    if (obstacle === undefined) continue;
    waiting = obstacle;
    if (action.type === 'evict') requeue = { kind: 'after', seconds: askAgainSeconds };
  }
  if (waiting === undefined) context.memory.workReasons.delete(name);
  else context.memory.workReasons.set(name, waiting);
  if (decision.actions.some(({ type }) => type !== 'evict')) return requeue;
  return sooner(requeue, await tellConditions(context, view.instance, waiting));
}

async function viewOf(
  context: OperatorContext,
  instance: OsInstance,
  node: NodeView | undefined,
  since: (key: string) => number,
): Promise<OperationView | undefined> {
  const { cache, memory, settings, clock } = context;
  const { operation } = instance.spec;
  if (operation === undefined) return undefined;
  const os = cache.os(operation.osUid);
  const mark = `${instance.name}/${String(operation.seq)}`;
  return {
    operation,
    instance,
    node,
    os,
    selected: isStillSelected(os, node),
    leaseRenewals: await renewals(context, node, instance, operation),
    evicting: memory.evicting.has(mark),
    witnessed: memory.witnessed.has(mark),
    wallTime: wallTime(clock.now().wallMs),
    isSpared: settings.isSpared,
    since,
  };
}

function isStillSelected(os: Os | undefined, node: NodeView | undefined): boolean {
  return os !== undefined && node !== undefined && isSelected(os.selector, node);
}

/**
 * Counts the renewals of the node's Lease since this leader first saw what is to be confirmed: the present boot, with the
 * settings in place, which may have restarted the kubelet. It counts as many as are needed: whether the kubelet lives on
 * is told by the Node's condition.
 */
async function renewals(
  { api, memory }: OperatorContext,
  node: NodeView | undefined,
  instance: OsInstance,
  operation: Operation,
): Promise<number> {
  const isLooking = operation.phase === 'After' || operation.phase === 'Confirm';
  if (node === undefined || !isLooking) return 0;
  if (!isConfigured({ node, instance }, operation)) {
    memory.leases.delete(node.name);
    return 0;
  }
  const known = memory.leases.get(node.name);
  if (known?.bootId === node.bootId && known.renewals >= neededRenewals) return known.renewals;
  const lease = await api.getNodeLease(node.name);
  if (lease === undefined) return 0;
  const next =
    known?.bootId !== node.bootId
      ? { bootId: node.bootId, last: lease, renewals: 0 }
      : { ...known, last: lease, renewals: known.renewals + (known.last === lease ? 0 : 1) };
  memory.leases.set(node.name, next);
  return next.renewals;
}
