/** Settings of nodes: what a set asks for, and what it comes to on a node. Pure; pulls in parsers of YAML and TOML. */
export { fileOf, type SettingsFolders, type SettingsPaths } from './locate.ts';
export {
  modelNamed,
  modelTraits,
  traitsOf,
  type ModelName,
  type ModelTraits,
  type SettingsEffect,
  type SettingsPlace,
  type SettingsUnit,
} from './models.ts';
export {
  holdsValue,
  planSettings,
  readingsFor,
  type FileChange,
  type KernelChange,
  type ModelPlan,
  type NeededReadings,
  type SettingsHome,
  type SettingsPlan,
  type SettingsReadings,
} from './plan-settings.ts';
export {
  readSettings,
  swapSlots,
  type ModelRequest,
  type ReadSettings,
  type SettingsRequest,
} from './request.ts';
export type { FilePlan, Setting, SettingOutcome, SettingPlan } from './setting.ts';
