/** Every option of the program: how it is read, and what its help says. */

/** One option. */
export interface OptionText {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly text: string;
}

/** All options by name. */
export const optionTexts = {
  'all-namespaces': {
    type: 'boolean',
    short: 'A',
    text: 'OS objects of all namespaces, and nodes that no object selects',
  },
  assume: {
    type: 'string',
    value: 'STEP=SECONDS,...',
    text: 'how long steps take: download, verify, drain, reboot (see plan)',
  },
  cluster: { type: 'string', value: 'NAME', text: 'the cluster of the kubeconfig to use' },
  context: { type: 'string', value: 'NAME', text: 'the context of the kubeconfig to use' },
  'dry-run': {
    type: 'string',
    value: 'client|server',
    text: 'change nothing: say what would be written, or let the server check it too',
  },
  filename: {
    type: 'string',
    short: 'f',
    value: 'FILE',
    text: 'a file with one OS object, YAML or JSON; - is standard input',
  },
  help: { type: 'boolean', short: 'h', text: 'this text' },
  kubeconfig: { type: 'string', value: 'FILE', text: 'the kubeconfig to use' },
  namespace: {
    type: 'string',
    short: 'n',
    value: 'NAME',
    text: 'the namespace of OS objects; default that of the context',
  },
  output: { type: 'string', short: 'o', value: 'FORMAT', text: 'json, yaml or wide' },
  overwrite: { type: 'boolean', text: 'take the place of what somebody else wrote there' },
  partial: { type: 'boolean', text: 'also when some of the nodes cannot go back' },
  reason: { type: 'string', value: 'TEXT', text: 'why, for the next person who looks' },
  'request-timeout': {
    type: 'string',
    value: 'SECONDS',
    text: 'how long the API server has for an answer; default 10',
  },
  seed: { type: 'string', value: 'NUMBER', text: 'decides everything that is drawn; default 1' },
  simulate: { type: 'boolean', text: 'play the rollout to its end in the simulator' },
  'time-zone': {
    type: 'string',
    value: 'NAME',
    text: 'zone of the operator, for windows without one; default UTC',
  },
  'to-version': { type: 'string', value: 'VERSION', text: 'the version to go back to' },
  user: { type: 'string', value: 'NAME', text: 'the user of the kubeconfig to use' },
  version: { type: 'boolean', text: 'version of the program' },
  watch: { type: 'boolean', short: 'w', text: 'go on showing it as it changes' },
} as const satisfies Readonly<Record<string, OptionText>>;

/** Name of an option. */
export type OptionName = keyof typeof optionTexts;

/** What every command understands. */
export const commonOptions: readonly OptionName[] = [
  'namespace',
  'kubeconfig',
  'context',
  'cluster',
  'user',
  'request-timeout',
  'help',
];
