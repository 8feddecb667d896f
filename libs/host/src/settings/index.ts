export { createSettingsFiles, type SettingsFilesDeps } from './settings-files.ts';
export {
  createSettingsUnits,
  longestRestartSeconds,
  type SettingsUnitsDeps,
} from './settings-units.ts';
