export { createSettingsFiles, type SettingsFilesDeps } from './settings-files.ts';
export { createSettingsUnits, type SettingsUnitsDeps } from './settings-units.ts';
