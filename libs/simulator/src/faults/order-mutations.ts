/** Faults planted in the guards of the order of a rollout: canaries, batches, tickets. */
import { serialLabel, type NodeView, type Os, type OsSpec } from '@kubeos/core';
import type { Tampering } from '../world/world.ts';
import { forgetFailures, lyingOperator } from './lies.ts';
import type { Mutation } from './mutations.ts';
import { factoryImage, type Scenario } from './scenario.ts';

/** A fleet in which it matters who comes first. */
function inLine(order: Partial<OsSpec>): (scenario: Scenario) => Scenario {
  return (scenario) => ({
    ...scenario,
    nodes: ['a', 'b', 'c', 'd'].map((name) => ({
      name: `node-${name}`,
      booted: 'A' as const,
      image: factoryImage,
    })),
    workloads: [],
    soundness: 1,
    shape: (spec) => ({
      ...spec,
      executionMode: 'parallel',
      canary: { count: 0 },
      maxUnavailable: { count: 2 },
      maxFailures: 4,
      timeIntervalSeconds: 1,
      ...order,
    }),
  });
}

/** An operator that reads other specs than people wrote. */
function misread(change: Partial<OsSpec>): Tampering {
  return lyingOperator({ os: otherSpec(change) });
}

function otherSpec(change: Partial<OsSpec>): (os: Os) => Os {
  return (os) => (os.spec === undefined ? os : { ...os, spec: { ...os.spec, ...change } });
}

/** An object that seems to have had no batch yet. */
function withoutLastTime(os: Os): Os {
  const { admission } = os.status;
  if (admission === undefined) return os;
  const { lastTime: _lastTime, ...ticket } = admission;
  return { ...os, status: { ...os.status, admission: ticket } };
}

/** A Node that seems to be in no batch. */
function withoutBatch(node: NodeView): NodeView {
  const { [serialLabel]: _batch, ...labels } = node.labels;
  return { ...node, labels };
}

/** The server keeps no ticket, and its answer says that it does. */
function withoutTicket(): Tampering {
  return {
    operator: (deps) => ({
      ...deps,
      api: {
        ...deps.api,
        async writeOsStatus(os, { admission, ...status }) {
          const kept = admission === undefined ? {} : { admission: { ...admission, pending: [] } };
          const stored = await deps.api.writeOsStatus(os, { ...status, ...kept });
          return admission === undefined
            ? stored
            : { ...stored, status: { ...stored.status, admission } };
        },
      },
    }),
  };
}

/** The planted faults. */
export const orderMutations: readonly Mutation[] = [
  {
    name: 'canaries that are not seen',
    breaks: 'CanaryFirst',
    tampering: () => misread({ canary: { count: 0 } }),
    adapt: inLine({ canary: { count: 1 } }),
  },
  {
    name: 'a failed canary that is forgotten',
    breaks: 'CanaryFirst',
    tampering: () => lyingOperator({ instance: forgetFailures }),
    adapt: (scenario) => ({
      ...inLine({ canary: { count: 2 }, maxUnavailable: { count: 1 } })(scenario),
      soundness: 0,
    }),
  },
  {
    name: 'an interval that is not seen',
    breaks: 'BatchesApart',
    tampering: () => misread({ timeIntervalSeconds: 1 }),
    adapt: inLine({ timeIntervalSeconds: 900 }),
  },
  {
    name: 'a last batch that is not seen',
    breaks: 'BatchesApart',
    tampering: () => lyingOperator({ os: withoutLastTime }),
    adapt: inLine({ timeIntervalSeconds: 900, executionMode: 'serial' }),
  },
  {
    name: 'a serial mode that is not seen',
    breaks: 'OneAtATime',
    tampering: () => misread({ executionMode: 'parallel' }),
    adapt: inLine({ executionMode: 'serial' }),
  },
  {
    name: 'a batch that goes all at once',
    breaks: 'OneAtATime',
    tampering: () =>
      lyingOperator({ os: otherSpec({ executionMode: 'parallel' }), node: withoutBatch }),
    adapt: (scenario) => {
      const { nodes, ...rest } = inLine({ executionMode: 'serial' })(scenario);
      return { ...rest, nodes: nodes.map((node) => ({ ...node, labels: { [serialLabel]: '' } })) };
    },
  },
  {
    name: 'a ticket that the server does not keep',
    breaks: 'AdmittedByTicket',
    tampering: withoutTicket,
    adapt: inLine({}),
  },
];
