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
    name: 'CRDs, the reference and the values of the chart',
    outputs: ['charts/kubeos/files/crds', 'charts/kubeos/README.md', 'docs/reference'],
    commands: [['node', '--conditions=@kubeos/source', 'tools/crdgen/src/main.ts']],
  },
];
