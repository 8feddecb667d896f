import { KubeosError, type ErrorCode } from '@kubeos/core';
import type { CallVerdict, Weather } from '../engine/actor.ts';
import type { Random } from '../engine/random.ts';
import type { CallFault } from './catalogue.ts';

const normal: CallVerdict = { kind: 'normal' };

/** Probability of each fault for one call. */
const probabilities: Readonly<Record<CallFault, number>> = {
  programCrash: 0.004,
  powerCutInWrite: 0.04,
  apiError: 0.02,
  lostAnswer: 0.01,
  conflict: 0.02,
  diskError: 0.01,
  fetchError: 0.1,
  slowCall: 0.005,
};

/** Calls that a guard can refuse. */
const guarded =
  /^(api\.(createInstance|writeInstance|changeNode|writeOsStatus|setOsFinalizer|applyInstanceConditions)|own\.writeStatus)/;

/** Steps of an agent between which a power cut leaves something half done. */
const writes =
  /^(slot\.(clear|write|flush|readBack)|bootenv\.(write|replace)|(state|settings|file|kernel)\.write|restart|machine\.reboot)/;

/**
 * Weather in which some calls go wrong. `severity` scales the probabilities; latencies are those of a busy cluster, so
 * that the order of steps differs from seed to seed. `onStrike` is told of every call that goes wrong.
 */
export function roughWeather(
  random: Random,
  faults: ReadonlySet<CallFault>,
  severity: number,
  onStrike: (fault: CallFault) => void = () => undefined,
): Weather {
  const strikes = (fault: CallFault): boolean => {
    if (!faults.has(fault) || !random.chance(probabilities[fault] * severity)) return false;
    onStrike(fault);
    return true;
  };
  return {
    latencyMs: () => {
      if (strikes('slowCall')) return random.between(2_000, 60_000);
      return random.between(1, random.chance(0.05) ? 800 : 30);
    },
    verdict: ({ name }, point) => {
      if (strikes('programCrash')) return { kind: 'crash', when: when(random) };
      if (name.startsWith('agent/') && writes.test(point) && strikes('powerCutInWrite')) {
        return { kind: 'powerCut', when: when(random) };
      }
      if (point.startsWith('api.') || point.startsWith('own.')) return apiVerdict(strikes, point);
      return nodeVerdict(strikes, random, point);
    },
  };
}

/** Weather of a normal day: latencies, and writers that come a moment too late, since kubelets write their Node all the time. */
export function fairWeather(random: Random): Weather {
  return roughWeather(random, new Set(['conflict']), 1);
}

function apiVerdict(strikes: (fault: CallFault) => boolean, point: string): CallVerdict {
  if (strikes('apiError')) return failing('before', 'API_UNAVAILABLE');
  if (strikes('lostAnswer')) return failing('after', 'API_UNAVAILABLE');
  if (guarded.test(point) && strikes('conflict')) return failing('before', 'CONFLICT');
  return normal;
}

function nodeVerdict(
  strikes: (fault: CallFault) => boolean,
  random: Random,
  point: string,
): CallVerdict {
  if (point.startsWith('fetch')) {
    return strikes('fetchError') ? failing('before', 'SOURCE_UNREACHABLE') : normal;
  }
  if (/^(bootenv|state|slot|settings|file)\./.test(point) && strikes('diskError')) {
    return failing(when(random), 'STORAGE_FAILED');
  }
  if (point.startsWith('agent.') && strikes('apiError')) {
    return failing('before', 'AGENT_UNREACHABLE');
  }
  return normal;
}

function when(random: Random): 'before' | 'after' {
  return random.chance(0.5) ? 'before' : 'after';
}

function failing(moment: 'before' | 'after', code: ErrorCode): CallVerdict {
  return { kind: 'fail', when: moment, error: new KubeosError(code, 'The weather is rough') };
}
