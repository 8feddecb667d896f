/** `status.json` beside the socket: the node's status as the proxy reads it without waking the agent. */
import { agentStatusWire, KubeosError } from '@kubeos/core';
import type { AgentStatus } from '@kubeos/core';
import { describeFault } from './schema.ts';

/**
 * Reads the text of `status.json`. Members, capabilities and warnings that are not known are dropped, so that the file
 * of a newer agent can be read. Throws `STATE_UNREADABLE` for anything that is no status.
 */
export function decodeSnapshot(text: string): AgentStatus {
  const parsed = agentStatusWire.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new KubeosError(
    'STATE_UNREADABLE',
    `Reading the agent's snapshot: ${describeFault(parsed.error)}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KubeosError('STATE_UNREADABLE', "Reading the agent's snapshot: it is not JSON", {
      cause: error,
    });
  }
}
