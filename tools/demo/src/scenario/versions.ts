/** The versions of the demo. */
export const versions = {
  first: 'KubeOS 1',
  second: 'KubeOS 2',
  broken: 'KubeOS 3',
  /** In no slot of any node. */
  unknown: 'KubeOS 0',
} as const;
