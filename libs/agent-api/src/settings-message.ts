/** Sets of settings: the words of the `OS` to messages, and messages back to the same words. */
import { KubeosError, modelSettingsWire } from '@kubeos/core';
import type { SettingsSet } from '@kubeos/core';
import * as z from 'zod/mini';
import type { ModelSettings } from './gen/kubeos/agent/v1/ModelSettings.ts';
import type { Setting } from './gen/kubeos/agent/v1/Setting.ts';
import type { SettingsSet as WireSet } from './gen/kubeos/agent/v1/SettingsSet.ts';
import { describeFault } from './schema.ts';
import { withoutUndefined } from './without-undefined.ts';
import { driftPolicyWords, rebootPolicyWords } from './words.ts';

type Entry = z.output<typeof modelSettingsWire>;

const entries = z.object({ configs: z.array(modelSettingsWire) });

/** The message of a set; throws `INVALID_ARGUMENT` for what is no set of settings. */
export function settingsToWire({ version, drift, configs = [] }: SettingsSet): WireSet {
  const parsed = entries.safeParse({ configs });
  if (!parsed.success) {
    throw new KubeosError('INVALID_ARGUMENT', `Settings: ${describeFault(parsed.error)}`);
  }
  return {
    ...(version === undefined ? {} : { version }),
    drift: driftPolicyWords.toWire(drift),
    configs: parsed.data.configs.map(entryToWire),
  };
}

function entryToWire({ contents = [], reboot, ...rest }: Entry): ModelSettings {
  return {
    ...rest,
    contents: contents.map(settingToWire),
    reboot: rebootPolicyWords.toWire(reboot),
  };
}

function settingToWire({ value, ...rest }: NonNullable<Entry['contents']>[number]): Setting {
  return value === undefined ? rest : { ...rest, valueJson: JSON.stringify(value) };
}

const text = z.exactOptional(z.string());
const word = z.union([z.string(), z.number()]);

const json = z.pipe(
  z.string(),
  z.transform((source, context): unknown => {
    try {
      return JSON.parse(source);
    } catch {
      context.issues.push({ code: 'custom', message: 'is not JSON', input: source });
      return z.NEVER;
    }
  }),
);

const setting = z.pipe(
  z.object({ key: text, valueJson: z.exactOptional(json), operation: text }),
  // The value `null` is not the same as none.
  z.transform(({ valueJson, ...rest }) =>
    valueJson === undefined ? rest : { ...rest, value: valueJson },
  ),
);

const entry = z.pipe(
  z.object({
    model: text,
    configpath: text,
    contents: z.array(setting),
    restart: z.exactOptional(z.boolean()),
    reboot: word,
  }),
  z.transform(({ contents, reboot, ...rest }) =>
    withoutUndefined({
      ...rest,
      contents: ifAny(contents),
      reboot: rebootPolicyWords.fromWire(reboot),
    }),
  ),
);

/** A set as it comes over the wire. An empty list is an absent one. */
export const settingsSchema: z.ZodMiniType<SettingsSet> = z.pipe(
  z.object({ version: text, drift: word, configs: z.array(entry) }),
  z.transform(({ version, drift, configs }): SettingsSet => ({
    ...withoutUndefined({
      version,
      drift: driftPolicyWords.fromWire(drift),
      configs: ifAny(configs),
    }),
  })),
);

function ifAny<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}
