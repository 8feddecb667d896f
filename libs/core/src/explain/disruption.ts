import type { Disruption } from '../api/operation.ts';
import type { OsSpec } from '../api/os.ts';
import { readSettings } from '../settings/request.ts';

/**
 * The most that a configuration can do to a node, by what its set asks for. Only the node knows whether it has to: that is
 * planned there.
 */
export function worstDisruption(spec: OsSpec | undefined): Disruption {
  const { request } = readSettings(spec?.sysconfigs ?? {}, '');
  const models = request?.models ?? [];
  if (models.some(({ reboot }) => reboot)) return 'reboot';
  return models.some(({ restart }) => restart) ? 'restart' : 'none';
}
