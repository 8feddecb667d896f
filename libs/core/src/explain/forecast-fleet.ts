/** A fleet that goes on as it is expected to: what an operation brings about on its node, without the node. */
import { serialLabel } from '../api/names.ts';
import { otherSlot, type Operation } from '../api/operation.ts';
import type { AgentStatus } from '../api/agent-status.ts';
import type { OsInstance } from '../api/os-instance.ts';
import type { Admission, Os } from '../api/os.ts';
import type { NodeView } from '../ports/cluster-views.ts';
import { nextSeq, withNewOperation } from '../operator/new-operation.ts';
import { Fleet, type FleetSource, type Member } from '../rollout/fleet.ts';
import type { Candidate } from '../rollout/tally.ts';
import type { ObservedCluster } from './observed.ts';
import { worstDisruption } from './disruption.ts';

/** The fleet. */
export class ForecastFleet {
  readonly #nodes: Map<string, NodeView>;
  readonly #instances: Map<string, OsInstance>;
  readonly #fleet: Fleet;
  #os: Os;
  readonly #others: readonly Os[];

  constructor({ oses, nodes, instances }: ObservedCluster, os: Os) {
    // What the ticket holds is on its way into the operations.
    const { admission } = os.status;
    this.#os = admission === undefined ? os : withAdmission(os, { ...admission, pending: [] });
    this.#others = oses.filter(({ uid }) => uid !== os.uid);
    this.#nodes = new Map(nodes.map((node) => [node.name, node]));
    this.#instances = new Map(instances.map((instance) => [instance.name, instance]));
    const source: FleetSource = {
      oses: () => [...this.#others, this.#os],
      nodes: () => this.#nodes.values(),
      node: (name) => this.#nodes.get(name),
      instances: () => this.#instances.values(),
      instance: (name) => this.#instances.get(name),
    };
    this.#fleet = new Fleet(source);
  }

  get os(): Os {
    return this.#os;
  }

  get instances(): ReadonlyMap<string, OsInstance> {
    return this.#instances;
  }

  members(): readonly Member[] {
    return this.#fleet.members(this.#os.uid);
  }

  /** A batch was admitted, or formed, at this time. */
  noteBatch(time: string): void {
    const admission = { epoch: 0, pending: [], ...this.#os.status.admission, lastTime: time };
    this.#os = withAdmission(this.#os, admission);
    this.#fleet.touchOs(this.#os.uid, this.#os);
  }

  setInBatch(name: string, isIn: boolean): void {
    this.#changeNode(name, ({ labels, ...node }) => {
      const { [serialLabel]: _old, ...rest } = labels;
      return { ...node, labels: isIn ? { ...rest, [serialLabel]: '' } : rest };
    });
  }

  /** An operation is opened, as the operator opens it. */
  open({ member, target }: Candidate): void {
    const { spec } = this.#os;
    const { node, instance } = member.facts;
    if (spec === undefined || instance === undefined) return;
    const wanted = { os: this.#os, spec, node, instance, seq: nextSeq(instance), target };
    this.#changeInstance(member.name, (current) => ({
      ...current,
      spec: withNewOperation(wanted, 'Prepare'),
    }));
  }

  /** Its Prepare is through. */
  prepare(name: string): void {
    this.#changeOperation(name, (operation, { status }) => {
      const slot = otherSlot(status.agent?.bootedSlot ?? 'A');
      const prepared = { ...operation, target: { ...operation.target, slot } };
      if (operation.type !== 'config') return prepared;
      const disruption = worstDisruption(this.#os.spec);
      return { ...(disruption === 'reboot' ? prepared : operation), disruption };
    });
  }

  /** The node is taken out of service, or gets settings that nobody notices. */
  admit(name: string, isUnnoticed: boolean): void {
    this.#changeOperation(name, (operation) =>
      isUnnoticed
        ? { ...operation, phase: 'After' }
        : { ...operation, phase: 'Drain', admitted: true },
    );
  }

  /** The operation has brought what it was to bring, and the node is given back. */
  finish(name: string): void {
    this.#changeInstance(name, (instance) => {
      const { operation, ...spec } = instance.spec;
      if (operation === undefined) return instance;
      const { agent } = instance.status;
      return {
        ...instance,
        spec,
        status: {
          ...instance.status,
          ...(agent === undefined ? {} : { agent: agentAfter(agent, operation) }),
          ...(spec.sysconfigs === undefined ? {} : { sysconfigs: spec.sysconfigs }),
          ...(spec.upgradeconfigs === undefined ? {} : { upgradeconfigs: spec.upgradeconfigs }),
        },
      };
    });
    // What the operation took out of service it gives back; a cordon that is there is its own.
    this.#changeNode(name, (node) => ({ ...node, unschedulable: false, ready: true }));
  }

  #changeOperation(
    name: string,
    change: (operation: Operation, instance: OsInstance) => Operation,
  ): void {
    this.#changeInstance(name, (instance) => {
      const { operation } = instance.spec;
      if (operation === undefined) return instance;
      return { ...instance, spec: { ...instance.spec, operation: change(operation, instance) } };
    });
  }

  #changeInstance(name: string, change: (instance: OsInstance) => OsInstance): void {
    const instance = this.#instances.get(name);
    if (instance === undefined) return;
    this.#instances.set(name, change(instance));
    this.#fleet.touch(name);
  }

  #changeNode(name: string, change: (node: NodeView) => NodeView): void {
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    this.#nodes.set(name, change(node));
    this.#fleet.touch(name);
  }
}

function withAdmission(os: Os, admission: Admission): Os {
  return { ...os, status: { ...os.status, admission } };
}

function agentAfter(agent: AgentStatus, { type, target, seq }: Operation): AgentStatus {
  if (type === 'config') return { ...agent, seq };
  const booted = target.slot ?? otherSlot(agent.bootedSlot ?? 'A');
  const { version, payloadDigest } = target;
  const slot = {
    ...agent.slots[booted],
    ...{ state: 'good' as const, version },
    ...(payloadDigest === undefined ? {} : { payloadDigest }),
  };
  const slots = { ...agent.slots, [booted]: slot };
  return { ...agent, seq, version, bootedSlot: booted, slots };
}
