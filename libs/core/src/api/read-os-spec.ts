/** The one place where upstream's words of `OS.spec` become our own. */
import { parseWindow } from '../rollout/window.ts';
import { modelNamed } from '../settings/models.ts';
import { readSettings } from '../settings/request.ts';
import type { Payload } from './operation.ts';
import type { SettingsSet } from './os-instance.ts';
import { specRules } from './os.rules.ts';
import type { CountOrPercent, OsSpec, SpecProblem, TimeWindow } from './os.ts';
import { osSpecWire, type OsSpecFields } from './os.wire.ts';
import { problemsOf } from './spec-issues.ts';
import { weekdayNames } from './time-window.wire.ts';

/** A spec in our own terms, or why there is none. */
export interface ReadSpec {
  readonly spec?: OsSpec;
  readonly problems: readonly SpecProblem[];
  /** What was accepted but should be mended. */
  readonly warnings: readonly SpecProblem[];
}

/** Reads `OS.spec`, applies the defaults of the API server and checks the rules that span fields. */
export function readOsSpec(rawSpec: unknown): ReadSpec {
  const read = osSpecWire.safeParse(rawSpec);
  if (!read.success) return { problems: problemsOf(read.error, 'spec'), warnings: [] };
  const fields = read.data;
  const window = windowOf(fields);
  const sets = [
    readSettings(fields.sysconfigs ?? {}, 'spec.sysconfigs'),
    readSettings(fields.upgradeconfigs ?? {}, 'spec.upgradeconfigs'),
  ];
  const problems = [
    ...specRules
      .filter((rule) => !rule.holds(fields))
      .map(({ field, message }) => ({ path: `spec.${field}`, message })),
    ...(window === undefined ? [] : parseWindow(window)),
    ...sets.flatMap((set) => set.problems),
  ];
  const warnings = sets.flatMap((set) => set.warnings);
  if (problems.length > 0) return { problems, warnings };
  return { spec: convert(fields, window), problems, warnings };
}

function convert(fields: OsSpecFields, timeWindow: TimeWindow | undefined): OsSpec {
  return {
    version: fields.osversion,
    type: fields.opstype,
    ...present({
      payload: fields.opstype === 'upgrade' ? payloadOf(fields) : undefined,
      timeWindow,
      sysconfigs: withoutAliases(fields.sysconfigs),
      upgradeconfigs: withoutAliases(fields.upgradeconfigs),
      prepareConcurrency: fields.prepareConcurrency,
    }),
    maxUnavailable: countOf(fields.maxunavailable),
    executionMode: fields.executionmode,
    timeIntervalSeconds: Math.max(0, fields.timeinterval),
    force: fields.evictpodforce,
    paused: fields.paused,
    canary: countOf(fields.canary),
    maxFailures: fields.maxFailures,
    drainTimeoutSeconds: fields.drainTimeoutSeconds,
    confirmTimeoutSeconds: fields.confirmTimeoutSeconds,
    minReadySeconds: fields.minReadySeconds,
  };
}

/** The rules have made sure that an upgrade has an image type, a source and a checksum. */
function payloadOf(fields: OsSpecFields): Payload | undefined {
  const { imagetype } = fields;
  if (imagetype === '') return undefined;
  return {
    imageType: imagetype,
    ...(imagetype === 'disk' ? { url: fields.imageurl } : { image: fields.containerimage }),
    digest: `sha256:${fields.checksum.toLowerCase()}`,
    allowInsecure: fields.flagSafe,
    mutualTls: fields.mtls,
    ...present({
      caCert: fields.cacert || undefined,
      clientCert: fields.clientcert || undefined,
      clientKey: fields.clientkey || undefined,
    }),
  };
}

function countOf(value: number | string): CountOrPercent {
  if (typeof value === 'number') return { count: value };
  return { percent: Number(value.slice(0, -1)) };
}

/** Both texts empty is the same as no window. */
function windowOf({ timewindow }: OsSpecFields): TimeWindow | undefined {
  if (timewindow === undefined) return undefined;
  const { starttime, endtime, timeZone, weekdays } = timewindow;
  if (starttime === '' && endtime === '') return undefined;
  return {
    start: starttime,
    end: endtime,
    ...present({ timeZone, weekdays: weekdays?.map((name) => weekdayNames.indexOf(name)) }),
  };
}

function withoutAliases(set: SettingsSet | undefined): SettingsSet | undefined {
  if (set?.configs === undefined) return set;
  return {
    ...set,
    configs: set.configs.map((config) => {
      const model = realName(config['model']);
      return model === undefined ? config : { ...config, model };
    }),
  };
}

/** The name that an alias stands for; `undefined` for every other word. */
function realName(model: unknown): string | undefined {
  const name = typeof model === 'string' ? modelNamed(model) : undefined;
  return name === model ? undefined : name;
}

/** The members that have a value: an absent member is left out, never `undefined`. */
function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
