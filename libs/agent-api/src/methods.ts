/** The methods of the service over an agent, as every transport runs them: one message in, one or more out. */
import type { Agent, PhaseAnswer } from '@kubeos/core';
import { answerToWire } from './answer-message.ts';
import type { ActivateRequest__Output } from './gen/kubeos/agent/v1/ActivateRequest.ts';
import type { CancelRequest__Output } from './gen/kubeos/agent/v1/CancelRequest.ts';
import type { ConfigureRequest__Output } from './gen/kubeos/agent/v1/ConfigureRequest.ts';
import type { ConfigureResponse } from './gen/kubeos/agent/v1/ConfigureResponse.ts';
import type { ConfirmRequest__Output } from './gen/kubeos/agent/v1/ConfirmRequest.ts';
import type { GetDriftRequest__Output } from './gen/kubeos/agent/v1/GetDriftRequest.ts';
import type { GetDriftResponse } from './gen/kubeos/agent/v1/GetDriftResponse.ts';
import type { GetSettingsRequest__Output } from './gen/kubeos/agent/v1/GetSettingsRequest.ts';
import type { GetSettingsResponse } from './gen/kubeos/agent/v1/GetSettingsResponse.ts';
import type { GetStatusRequest__Output } from './gen/kubeos/agent/v1/GetStatusRequest.ts';
import type { GetStatusResponse } from './gen/kubeos/agent/v1/GetStatusResponse.ts';
import type { PhaseAnswer as WireAnswer } from './gen/kubeos/agent/v1/PhaseAnswer.ts';
import type { PrepareRequest__Output } from './gen/kubeos/agent/v1/PrepareRequest.ts';
import type { PrepareResponse } from './gen/kubeos/agent/v1/PrepareResponse.ts';
import type { RollbackRequest__Output } from './gen/kubeos/agent/v1/RollbackRequest.ts';
import { readActivate, readCancel, readConfigure, readConfirm } from './request-message.ts';
import { readPrepare, readPreview, readRollback } from './request-message.ts';
import { settingsToWire } from './settings-message.ts';
import { reportToWire, settingsStatusToWire } from './settings-report-message.ts';
import { statusToWire } from './status-message.ts';

/** A method with one answer. The signal says that the caller has gone. */
export type UnaryMethod<Request, Response> = (
  request: Request,
  signal: AbortSignal,
) => Promise<Response>;

/** A method that sends any number of messages before it is done. */
export type StreamMethod<Request, Response> = (
  request: Request,
  signal: AbortSignal,
  send: (response: Response) => void,
) => Promise<void>;

interface Answered {
  answer: WireAnswer;
}

/** The methods by their names in the service. They throw; transports turn that into a status. */
export interface AgentMethods {
  readonly GetStatus: UnaryMethod<GetStatusRequest__Output, GetStatusResponse>;
  readonly Prepare: StreamMethod<PrepareRequest__Output, PrepareResponse>;
  readonly Activate: UnaryMethod<ActivateRequest__Output, Answered>;
  readonly Confirm: UnaryMethod<ConfirmRequest__Output, Answered>;
  readonly Rollback: UnaryMethod<RollbackRequest__Output, Answered>;
  readonly Cancel: UnaryMethod<CancelRequest__Output, Answered>;
  readonly Configure: UnaryMethod<ConfigureRequest__Output, ConfigureResponse>;
  readonly GetSettings: UnaryMethod<GetSettingsRequest__Output, GetSettingsResponse>;
  readonly GetDrift: UnaryMethod<GetDriftRequest__Output, GetDriftResponse>;
}

/** What the service needs of an agent; core's `Agent` has it. */
export type ServedAgent = Pick<
  Agent,
  | ('status' | 'prepare' | 'activate' | 'confirm' | 'rollback' | 'cancel')
  | ('configure' | 'preview' | 'heldSettings' | 'checkDrift')
>;

/** Puts the service in front of an agent. */
export function agentMethods(agent: ServedAgent): AgentMethods {
  return {
    GetStatus: async () => ({ status: statusToWire(await agent.status()) }),
    Prepare: async (request, signal, send) => {
      const answer = await agent.prepare(
        readPrepare(request),
        (progress) => send({ progress: { ...progress } }),
        signal,
      );
      send({ answer: answerToWire(answer) });
    },
    Activate: async (request) => answered(await agent.activate(readActivate(request))),
    Confirm: async (request) => answered(await agent.confirm(readConfirm(request))),
    Rollback: async (request) => answered(await agent.rollback(readRollback(request))),
    Cancel: async (request) => answered(await agent.cancel(readCancel(request))),
    Configure: async (request) => {
      if (request.dryRun) {
        return { report: reportToWire(await agent.preview(readPreview(request))) };
      }
      const { report, ...answer } = await agent.configure(readConfigure(request));
      return { ...answered(answer), report: reportToWire(report) };
    },
    GetSettings: async () => {
      const { before, after } = await agent.heldSettings();
      const { settings } = await agent.status();
      return {
        ...(before === undefined ? {} : { before: settingsToWire(before) }),
        ...(after === undefined ? {} : { after: settingsToWire(after) }),
        ...(settings === undefined ? {} : { status: settingsStatusToWire(settings) }),
      };
    },
    GetDrift: async () => ({ status: settingsStatusToWire(await agent.checkDrift()) }),
  };
}

function answered(answer: PhaseAnswer): Answered {
  return { answer: answerToWire(answer) };
}
