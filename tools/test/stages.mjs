// The stages of `npm test` and `npm run check`, in their order. To add one, add a line.
//
// name      `tools/test/main.mjs NAME` runs this stage alone; most are an npm script too
// suites    where it takes part: `all` is `npm test`, `check` is the fast loop
// commands  run one after the other; the first that fails ends the stage
// inAll     arguments of the last command in `npm test`, for what the fast loop has no time for
// jest      the last command is jest: its tests are counted one by one
// minutes   deadline of the stage
const node = ['node', '--conditions=@kubeos/source'];
const both = ['all', 'check'];

export const stages = [
  { name: 'format-check', suites: both, minutes: 5, commands: [['prettier', '--check', '.']] },
  {
    name: 'lint',
    suites: both,
    minutes: 10,
    // nx makes the project graph first: without it the boundary rule skips and passes.
    commands: [
      ['nx', 'run-many', '-t', 'lint'],
      ['eslint', '*.mjs', 'tools/*/*.mjs'],
    ],
  },
  {
    name: 'typecheck',
    suites: both,
    minutes: 10,
    // The second command would write missing references itself, and pass.
    commands: [
      ['nx', 'sync:check'],
      ['nx', 'run-many', '-t', 'typecheck'],
    ],
  },
  { name: 'unused', suites: ['all'], minutes: 5, commands: [['knip', '--no-config-hints']] },
  {
    name: 'generated',
    suites: ['all'],
    minutes: 5,
    commands: [[...node, 'tools/generate/main.mjs', '--check']],
  },
  {
    name: 'build',
    suites: ['all'],
    minutes: 10,
    commands: [['nx', 'run-many', '-t', 'build', 'bundle']],
  },
  {
    name: 'unit',
    suites: both,
    minutes: 15,
    jest: true,
    commands: [['jest']],
    inAll: ['--coverage'],
  },
  {
    name: 'simulation',
    suites: ['all'],
    minutes: 15,
    commands: [[...node, 'tools/simulate/src/main.ts']],
  },
  {
    // On a machine that has none of them yet, the builds take many minutes: more than a test may wait.
    name: 'control-plane',
    suites: ['all'],
    minutes: 40,
    commands: [[...node, 'tools/control-plane/src/build-process.ts']],
  },
  {
    // Programs that build and boot images, of another Debian: seconds, but of a network that may be slow.
    name: 'image-tools',
    suites: ['all'],
    minutes: 15,
    commands: [[...node, 'tools/vm/src/image-tools-process.ts']],
  },
  {
    name: 'integration',
    suites: ['all'],
    minutes: 80,
    jest: true,
    // Programs are started as their bundles. nx knows which of these are up to date.
    commands: [
      ['nx', 'run-many', '-t', 'bundle'],
      ['jest', '--config', 'jest.integration.config.mjs'],
    ],
  },
  { name: 'e2e', suites: ['all'], minutes: 20, commands: [[...node, 'tools/demo/src/main.ts']] },
];

/** What the last command of a stage is given: what the user wants, else what the suite asks for. */
export function argumentsOf({ inAll = [] }, suite, extra) {
  if (extra.length > 0) return extra;
  return suite === 'all' ? inAll : [];
}
