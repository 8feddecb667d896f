/** The two kinds with what a CRD says of them beside their schema. */
import { osInstanceWire, osWire } from '@kubeos/core';
import type { ZodMiniType } from 'zod/mini';

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** 1 is shown by `-o wide` only. */
  readonly priority?: 1;
}

/** A kind of ours. */
export interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly wire: ZodMiniType;
  readonly columns: readonly PrinterColumn[];
}

const readyPath = '.status.conditions[?(@.type=="Ready")].status';
const reasonPath = '.status.conditions[?(@.type=="UpToDate")].reason';

const age: PrinterColumn = {
  name: 'AGE',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description: 'Since when the object is there.',
};

function text(name: string, jsonPath: string, description: string): PrinterColumn {
  return { name, type: 'string', jsonPath, description };
}

function count(name: string, jsonPath: string, description: string): PrinterColumn {
  return { name, type: 'integer', jsonPath, description };
}

/** `OS`. The columns named VERSION are those of upstream. */
export const os: Kind = {
  kind: 'OS',
  plural: 'os',
  singular: 'os',
  wire: osWire,
  columns: [
    text('OS VERSION', '.spec.osversion', 'The wanted version.'),
    text('SYSCONFIG VERSION', '.spec.sysconfigs.version', 'The wanted settings after a switch.'),
    text(
      'UPGRADECONFIG VERSION',
      '.spec.upgradeconfigs.version',
      'The wanted settings before a switch.',
    ),
    count('NODES', '.status.nodes', 'Selected nodes.'),
    count('UPDATED', '.status.updated', 'Nodes that are as wanted.'),
    count('WORKING', '.status.working', 'Nodes at work for this object.'),
    count('FAILED', '.status.failed', 'Nodes that failed.'),
    text('READY', readyPath, 'Whether everything is as wanted.'),
    { ...text('MESSAGE', '.status.message', 'What is being waited for.'), priority: 1 },
    age,
  ],
};

/** `OSInstance`. The columns with hyphens and NODESTATUS are those of upstream. */
export const osInstance: Kind = {
  kind: 'OSInstance',
  plural: 'osinstances',
  singular: 'osinstance',
  shortNames: ['osi'],
  wire: osInstanceWire,
  columns: [
    text('NODESTATUS', '.spec.nodestatus', 'What the node is at work on.'),
    text('VERSION', '.status.agent.version', 'The running version.'),
    text('SLOT', '.status.agent.bootedSlot', 'The slot it runs from.'),
    text('WANTED', '.spec.operation.target.version', 'The version of the open operation.'),
    text('PHASE', '.spec.operation.phase', 'How far the open operation may go.'),
    text('REASON', reasonPath, 'Why the node is up to date or not.'),
    text('SYSCONFIG-VERSION-CURRENT', '.status.sysconfigs.version', 'Settings in force.'),
    text('SYSCONFIG-VERSION-DESIRED', '.spec.sysconfigs.version', 'Settings that are wanted.'),
    text('UPGRADECONFIG-VERSION-CURRENT', '.status.upgradeconfigs.version', 'Settings in force.'),
    text(
      'UPGRADECONFIG-VERSION-DESIRED',
      '.spec.upgradeconfigs.version',
      'Settings that are wanted.',
    ),
    age,
  ],
};
