// Everything in the tree that a program writes. To add one, add a line.
//
// outputs   folders or files that belong to the generator alone
// commands  run from the root of the repository, one after the other
export const generators = [
  {
    name: 'agent API types and descriptor',
    outputs: ['libs/agent-api/src/gen'],
    commands: [['node', 'tools/generate/agent-api.mjs']],
  },
  {
    name: 'CRDs and their reference',
    outputs: ['charts/kubeos/files/crds', 'docs/reference'],
    commands: [['node', '--conditions=@kubeos/source', 'tools/crdgen/src/main.ts']],
  },
];
