export {
  bootAttempts,
  newBlock,
  parseBootBlock,
  renderSector,
  sameVars,
  upstreamEntry,
  writeBootVars,
  type BootBlock,
  type BootBlockWrite,
  type BootVars,
  type UnreadableReason,
} from './boot-vars.ts';
export { bootStep, type BootConditions, type BootStep } from './boot-step.ts';
export { bootStepCases, type BootStepCase } from './boot-step-cases.ts';
export { envBlockBytes, sectorBytes } from './env-block.ts';
export {
  candidateOf,
  canChangeSlots,
  changeSlots,
  freshVars,
  rebuiltVars,
  slotTransitions,
  withSeq,
  type SlotTransition,
} from './transitions.ts';
