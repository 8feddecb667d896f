/** The programs that images are built of. */

/** Names of the images, below `kubeos/`. */
export const programNames = ['os-operator', 'os-proxy'] as const;

/** Name of an image and of the program in it. */
export type ProgramName = (typeof programNames)[number];

/** A program and how it is run. */
export interface Program {
  /** Folder below `apps/`, and name of the bundle. */
  readonly app: string;
  readonly description: string;
  /** `USER:GROUP` of the container. */
  readonly user: string;
}

/** Nobody on a node has it: what a container may do to files of a node is what all may do. */
export const userId = 65532;
/** The group of the agent's socket, on every node; see `apps/agent`. */
export const socketGroupId = 6552;

/** What each image holds. */
export const programs: Readonly<Record<ProgramName, Program>> = {
  'os-operator': {
    app: 'operator',
    description: 'Brings the nodes of a cluster to the operating system that OS objects ask for',
    user: `${userId}:${userId}`,
  },
  'os-proxy': {
    app: 'proxy',
    description: 'Relays between the OSInstance of its node and os-agent on that node',
    // Without the group it would not reach the agent.
    user: `${userId}:${socketGroupId}`,
  },
};
