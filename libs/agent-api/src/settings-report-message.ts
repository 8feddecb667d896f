/** What a set of settings comes to, and what is known of the sets that hold: both ways. */
import type { ModelReport, SettingsReport, SettingsStatus } from '@kubeos/core';
import type { ModelReport__Output } from './gen/kubeos/agent/v1/ModelReport.ts';
import type { ModelReport as WireModel } from './gen/kubeos/agent/v1/ModelReport.ts';
import type { SettingsReport__Output } from './gen/kubeos/agent/v1/SettingsReport.ts';
import type { SettingsReport as WireReport } from './gen/kubeos/agent/v1/SettingsReport.ts';
import type { SettingsStatus as WireStatus } from './gen/kubeos/agent/v1/SettingsStatus.ts';
import { disruptionWords, settingOutcomeWords } from './words.ts';

/** The message of a report. */
export function reportToWire(report: SettingsReport): WireReport {
  return {
    models: report.models.map(modelToWire),
    disruption: disruptionWords.toWire(report.disruption),
    pendingRestarts: [...report.pendingRestarts],
    rebootPending: report.rebootPending,
  };
}

function modelToWire({ settings, ...rest }: ModelReport): WireModel {
  return {
    ...rest,
    settings: settings.map((setting) => ({
      ...setting,
      outcome: settingOutcomeWords.toWire(setting.outcome),
    })),
  };
}

/** The members of a report; to be checked by `reportSchema`. */
export function reportFromWire(wire: SettingsReport__Output): unknown {
  return {
    ...wire,
    models: wire.models.map(modelFromWire),
    disruption: disruptionWords.fromWire(wire.disruption),
  };
}

function modelFromWire({ settings, ...rest }: ModelReport__Output): unknown {
  return {
    ...rest,
    settings: settings.map((setting) => ({
      ...setting,
      outcome: settingOutcomeWords.fromWire(setting.outcome),
    })),
  };
}

/** The message of what is known of settings; coming back it is checked as it is, by `settingsStatusWire` of core. */
export function settingsStatusToWire(status: SettingsStatus): WireStatus {
  const { refused, drift, pendingRestarts } = status;
  return {
    ...status,
    refused: { total: refused.total, first: [...refused.first] },
    drift: { total: drift.total, first: [...drift.first] },
    pendingRestarts: [...pendingRestarts],
  };
}
