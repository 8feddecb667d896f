/** Faults that strike single calls, with what they are. */
export const callFaults = {
  programCrash: 'a program dies before or after a call takes effect',
  powerCutInWrite: 'a node loses power before or after a write of its agent takes effect',
  apiError: 'the API server does not answer a request',
  lostAnswer: 'a request takes effect and its answer is lost',
  conflict: 'somebody else wrote the object a moment before',
  diskError: 'a read or write of boot sector, PERSIST or slot fails',
  fetchError: 'the payload cannot be reached',
  slowCall: 'a call takes up to a minute',
} as const;

/** Faults that strike at a moment, with what they are. */
export const timedFaults = {
  powerCut: 'a node loses power; unflushed writes are lost or torn',
  extraReboot: 'somebody reboots a node, in a trial or not',
  manualBoot: 'somebody boots a slot by hand',
  saveEnvFails: 'the boot loader cannot save its counter for a while',
  sectorLost: 'the boot block is unreadable',
  persistLost: 'the state file is gone, broken, or of another node',
  persistFull: 'nothing can be written to PERSIST for a while',
  secondDisk: 'another disk with the same labels is plugged in for a while',
  reinstalled: 'a node is installed anew; agent and records are as new',
  slotDamaged: 'the idle slot is damaged behind our back',
  agentCrash: 'the agent is killed',
  apiOutage: 'the API server is away for seconds to most of an hour',
  watchGap: 'an operator or a proxy loses its watches and works on what it has',
  staleLists: 'lists before a watch show what was some seconds ago, and somebody starts with one',
  outdatedCrd: 'older CRDs are served for a while and prune what they do not know',
  operatorCrash: 'the leading operator dies',
  operatorPause: 'the leading operator stands still, maybe beyond its lease',
  proxySilent: 'the proxy of a node is away for a while',
  proxyDoubled: 'two proxies run on a node',
  proxyOlder: 'the proxy of a node is of an older version for a while',
  proxyCrash: 'the proxy of a node is killed',
  wallStep: 'the wall clock of one operator or of a node steps',
  nodeReplaced: 'a Node is deleted and registers again',
  osEdited: 'a field of the OS changes',
  osReplaced: 'the OS is deleted in mid work and made again',
  secondOs: 'a younger OS selects the same nodes for a while',
  relabelled: 'selectors and labels are swapped for a while',
  foreignCordon: 'somebody cordons a node, or puts a cordon on top of ours',
  foreignUncordon: 'somebody takes a cordon off',
  held: 'somebody puts a node on hold for a while',
  retried: 'somebody allows one more attempt',
  console: 'somebody types rollback, confirm or release at a console',
  payloadTrouble: 'the payload is missing, other than announced, or breaks off, for a while',
} as const;

/** A fault of single calls. */
export type CallFault = keyof typeof callFaults;
/** A fault of a moment. */
export type TimedFault = keyof typeof timedFaults;
/** All faults of single calls. */
export const callFaultNames = keysOf(callFaults);
/** All faults of a moment. */
export const timedFaultNames = keysOf(timedFaults);

function keysOf<K extends string>(table: Readonly<Record<K, string>>): readonly K[] {
  return Object.keys(table) as K[];
}
