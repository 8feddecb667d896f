/** Faults planted in the guards of settings: ports of the agent that lose or forget what was written through them. */
import type { AgentDeps } from '@kubeos/core';
import { knobSet, knobValue, kubeletPath, type KnobHealth } from '../node/knob.ts';
import type { Mutation } from './mutations.ts';
import type { Scenario } from './scenario.ts';

/** A sound release with settings for its nodes. */
function withSettings(health: KnobHealth): (scenario: Scenario) => Scenario {
  const sysconfigs = knobSet('planted', knobValue(7, health), { restart: true });
  return (scenario) => ({
    ...scenario,
    soundness: 1,
    workloads: [],
    shape: (spec) => ({ ...spec, sysconfigs }),
  });
}

/** What is kept of the settings, without one of its members. */
function forgetful(member: 'change' | 'undo'): (deps: AgentDeps) => AgentDeps {
  return (deps) => {
    const { state } = deps.settings;
    const write = (text: string): Promise<void> => {
      const { [member]: _, ...kept } = JSON.parse(text) as Record<string, unknown>;
      return state.write(JSON.stringify(kept));
    };
    return { ...deps, settings: { ...deps.settings, state: { ...state, write } } };
  };
}

/** The planted faults. */
export const settingsMutations: readonly Mutation[] = [
  {
    name: 'a file of settings whose write is lost',
    breaks: 'SettingsWhole',
    tampering: () => ({
      agent: (deps) => {
        const { files } = deps.settings;
        const writeAll: typeof files.writeAll = (changes) =>
          files.writeAll(changes.filter(({ path }) => path !== kubeletPath));
        return { ...deps, settings: { ...deps.settings, files: { ...files, writeAll } } };
      },
    }),
    adapt: withSettings('ready'),
  },
  {
    name: 'settings that are called applied before they are',
    breaks: 'SettingsTrue',
    tampering: () => ({ agent: forgetful('change') }),
    adapt: withSettings('ready'),
  },
  {
    name: 'settings on trial without a way back',
    breaks: 'SettingsConfirmed',
    tampering: () => ({ agent: forgetful('undo') }),
    adapt: withSettings('neverReady'),
  },
];
