import type { AgentCalls, ConfigureAnswer, ConfigureRequest } from '@kubeos/core';
import type { SettingsReport, SettingsSet, SettingsStatus } from '@kubeos/core';
import { readAnswer, readConfigured, readDrift, readProgress } from './answer-message.ts';
import { readReport, readSettings, readStatus } from './answer-message.ts';
import type { Answered, NodeSettings } from './answer-message.ts';
import { withDeadline } from './deadline.ts';
import { grpcTransport } from './grpc-transport.ts';
import type { AgentCredentials } from './grpc-transport.ts';
import { agentServiceName, defaultAgentTarget, loadProtocol } from './protocol.ts';
import type { Protocol } from './protocol.ts';
import { operationToWire, payloadToWire, targetToWire } from './request-message.ts';
import { settingsToWire } from './settings-message.ts';
import type { AgentTransport, ClientMethod } from './transport.ts';
import { phaseWords, slotNameWords } from './words.ts';

/** How long the client waits before it gives a call up with `AGENT_UNREACHABLE`. All in milliseconds. */
export interface AgentDeadlines {
  /** GetStatus and health. Default 15 seconds. */
  readonly statusMs: number;
  /** Confirm, and what only looks at settings or mends drift. Default 1 minute. */
  readonly confirmMs: number;
  /**
   * Activate and Rollback, which digest a whole slot first, Configure, which may copy one, and Cancel, which waits for a
   * write to end. Default 10 minutes.
   */
  readonly activateMs: number;
  /** Prepare: the longest silence between two messages. Default 12 minutes: the agent itself gives up after 10. */
  readonly silenceMs: number;
}

const defaultDeadlines: AgentDeadlines = {
  statusMs: 15_000,
  confirmMs: 60_000,
  activateMs: 600_000,
  silenceMs: 720_000,
};

/** Where the agent is and how to reach it. */
export interface AgentClientOptions {
  /** gRPC target, `unix:PATH` or `HOST:PORT`. Default `unix:/run/os-agent/os-agent.sock`. */
  readonly target?: string;
  /** For TCP: mutual TLS. Without it the connection is plain, as on a Unix socket. */
  readonly credentials?: AgentCredentials;
  readonly deadlines?: Partial<AgentDeadlines>;
}

/** The agent API as calls, and the health service. */
export interface AgentClient extends AgentCalls {
  configure(request: ConfigureRequest, signal: AbortSignal): Promise<ConfigureAnswer>;
  /** What a set of settings would come to now; nothing changes, and no operation is needed. */
  previewSettings(settings: SettingsSet, signal: AbortSignal): Promise<SettingsReport>;
  /** The sets of settings that hold, values and all, and what is known of them. */
  getSettings(signal: AbortSignal): Promise<NodeSettings>;
  /** Has the node compared with the sets that hold, and mended where they say so. */
  getDrift(signal: AbortSignal): Promise<SettingsStatus>;
  /** True when the agent says that it serves. Throws as every call. */
  isServing(signal: AbortSignal): Promise<boolean>;
  /** Ends open calls and frees the connection. */
  close(): void;
}

/**
 * A client of a node's agent. It connects with the first call, connects again by itself, and repeats a call that did
 * not reach the agent: an agent that was about to go when idle is started again by its socket.
 *
 * Calls fail with a `KubeosError` that carries the agent's code, with `AGENT_UNREACHABLE` when there was no answer,
 * with `UNSUPPORTED` when the answer is not understood, and with the signal's reason when the caller aborts.
 */
export function createAgentClient(options: AgentClientOptions = {}): AgentClient {
  const protocol = loadProtocol();
  const { target = defaultAgentTarget, credentials, deadlines } = options;
  return clientOver(grpcTransport(protocol, target, credentials), protocol, deadlines);
}

/** The client over any transport. */
export function clientOver(
  transport: AgentTransport,
  protocol: Protocol,
  deadlines: Partial<AgentDeadlines> = {},
): AgentClient {
  const { agent, health } = protocol;
  const { statusMs, confirmMs, activateMs, silenceMs } = { ...defaultDeadlines, ...deadlines };

  const call = async <Request, Response>(
    method: ClientMethod<Request, Response>,
    request: Request,
    milliseconds: number,
    signal: AbortSignal,
  ): Promise<Response> =>
    withDeadline(method.path, milliseconds, signal, (scope) =>
      transport.unary(method, request, scope.signal),
    );

  return {
    getStatus: async (signal) => readStatus(await call(agent.GetStatus, {}, statusMs, signal)),

    prepare: async (request, onProgress, signal) => {
      let last: Answered = {};
      const message = {
        operation: operationToWire(request),
        version: request.version,
        payload: payloadToWire(request.payload),
      };
      await withDeadline(agent.Prepare.path, silenceMs, signal, (scope) =>
        transport.stream(
          agent.Prepare,
          message,
          (event) => {
            scope.restart();
            if (event.progress) onProgress(readProgress(event.progress));
            last = event;
          },
          scope.signal,
        ),
      );
      return readAnswer(last);
    },

    activate: async ({ target, confirmTimeoutSeconds, ...named }, signal) => {
      const request = {
        operation: operationToWire(named),
        target: targetToWire(target),
        confirmTimeoutSeconds,
      };
      return readAnswer(await call(agent.Activate, request, activateMs, signal));
    },

    confirm: async ({ bootId, slot, slotDigest, ...named }, signal) => {
      const request = {
        operation: operationToWire(named),
        bootId,
        slot: slotNameWords.toWire(slot),
        ...(slotDigest === undefined ? {} : { slotDigest }),
      };
      return readAnswer(await call(agent.Confirm, request, confirmMs, signal));
    },

    rollback: async ({ version, confirmTimeoutSeconds, ...named }, signal) => {
      const request = { operation: operationToWire(named), version, confirmTimeoutSeconds };
      return readAnswer(await call(agent.Rollback, request, activateMs, signal));
    },

    cancel: async (named, signal) => {
      const request = { operation: operationToWire(named) };
      return readAnswer(await call(agent.Cancel, request, activateMs, signal));
    },

    configure: async ({ phase, settings, confirmTimeoutSeconds, ...named }, signal) => {
      const request = {
        operation: operationToWire(named),
        phase: phaseWords.toWire(phase),
        settings: settingsToWire(settings),
        confirmTimeoutSeconds,
      };
      return readConfigured(await call(agent.Configure, request, activateMs, signal));
    },

    previewSettings: async (settings, signal) => {
      const request = { settings: settingsToWire(settings), dryRun: true };
      return readReport(await call(agent.Configure, request, confirmMs, signal));
    },

    getSettings: async (signal) =>
      readSettings(await call(agent.GetSettings, {}, confirmMs, signal)),

    getDrift: async (signal) => readDrift(await call(agent.GetDrift, {}, confirmMs, signal)),

    isServing: async (signal) => {
      const request = { service: agentServiceName };
      return (await call(health.Check, request, statusMs, signal)).status === 'SERVING';
    },

    close: () => transport.close(),
  };
}
