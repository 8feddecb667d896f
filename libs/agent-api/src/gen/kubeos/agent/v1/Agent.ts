// Original file: proto/kubeos/agent/v1/agent.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ActivateRequest as _kubeos_agent_v1_ActivateRequest, ActivateRequest__Output as _kubeos_agent_v1_ActivateRequest__Output } from '../../../kubeos/agent/v1/ActivateRequest.ts';
import type { ActivateResponse as _kubeos_agent_v1_ActivateResponse, ActivateResponse__Output as _kubeos_agent_v1_ActivateResponse__Output } from '../../../kubeos/agent/v1/ActivateResponse.ts';
import type { CancelRequest as _kubeos_agent_v1_CancelRequest, CancelRequest__Output as _kubeos_agent_v1_CancelRequest__Output } from '../../../kubeos/agent/v1/CancelRequest.ts';
import type { CancelResponse as _kubeos_agent_v1_CancelResponse, CancelResponse__Output as _kubeos_agent_v1_CancelResponse__Output } from '../../../kubeos/agent/v1/CancelResponse.ts';
import type { ConfigureRequest as _kubeos_agent_v1_ConfigureRequest, ConfigureRequest__Output as _kubeos_agent_v1_ConfigureRequest__Output } from '../../../kubeos/agent/v1/ConfigureRequest.ts';
import type { ConfigureResponse as _kubeos_agent_v1_ConfigureResponse, ConfigureResponse__Output as _kubeos_agent_v1_ConfigureResponse__Output } from '../../../kubeos/agent/v1/ConfigureResponse.ts';
import type { ConfirmRequest as _kubeos_agent_v1_ConfirmRequest, ConfirmRequest__Output as _kubeos_agent_v1_ConfirmRequest__Output } from '../../../kubeos/agent/v1/ConfirmRequest.ts';
import type { ConfirmResponse as _kubeos_agent_v1_ConfirmResponse, ConfirmResponse__Output as _kubeos_agent_v1_ConfirmResponse__Output } from '../../../kubeos/agent/v1/ConfirmResponse.ts';
import type { GetDriftRequest as _kubeos_agent_v1_GetDriftRequest, GetDriftRequest__Output as _kubeos_agent_v1_GetDriftRequest__Output } from '../../../kubeos/agent/v1/GetDriftRequest.ts';
import type { GetDriftResponse as _kubeos_agent_v1_GetDriftResponse, GetDriftResponse__Output as _kubeos_agent_v1_GetDriftResponse__Output } from '../../../kubeos/agent/v1/GetDriftResponse.ts';
import type { GetSettingsRequest as _kubeos_agent_v1_GetSettingsRequest, GetSettingsRequest__Output as _kubeos_agent_v1_GetSettingsRequest__Output } from '../../../kubeos/agent/v1/GetSettingsRequest.ts';
import type { GetSettingsResponse as _kubeos_agent_v1_GetSettingsResponse, GetSettingsResponse__Output as _kubeos_agent_v1_GetSettingsResponse__Output } from '../../../kubeos/agent/v1/GetSettingsResponse.ts';
import type { GetStatusRequest as _kubeos_agent_v1_GetStatusRequest, GetStatusRequest__Output as _kubeos_agent_v1_GetStatusRequest__Output } from '../../../kubeos/agent/v1/GetStatusRequest.ts';
import type { GetStatusResponse as _kubeos_agent_v1_GetStatusResponse, GetStatusResponse__Output as _kubeos_agent_v1_GetStatusResponse__Output } from '../../../kubeos/agent/v1/GetStatusResponse.ts';
import type { PrepareRequest as _kubeos_agent_v1_PrepareRequest, PrepareRequest__Output as _kubeos_agent_v1_PrepareRequest__Output } from '../../../kubeos/agent/v1/PrepareRequest.ts';
import type { PrepareResponse as _kubeos_agent_v1_PrepareResponse, PrepareResponse__Output as _kubeos_agent_v1_PrepareResponse__Output } from '../../../kubeos/agent/v1/PrepareResponse.ts';
import type { RollbackRequest as _kubeos_agent_v1_RollbackRequest, RollbackRequest__Output as _kubeos_agent_v1_RollbackRequest__Output } from '../../../kubeos/agent/v1/RollbackRequest.ts';
import type { RollbackResponse as _kubeos_agent_v1_RollbackResponse, RollbackResponse__Output as _kubeos_agent_v1_RollbackResponse__Output } from '../../../kubeos/agent/v1/RollbackResponse.ts';

export interface AgentClient extends grpc.Client {
  Activate(argument: _kubeos_agent_v1_ActivateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ActivateResponse__Output>): grpc.ClientUnaryCall;
  Activate(argument: _kubeos_agent_v1_ActivateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_ActivateResponse__Output>): grpc.ClientUnaryCall;
  Activate(argument: _kubeos_agent_v1_ActivateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ActivateResponse__Output>): grpc.ClientUnaryCall;
  Activate(argument: _kubeos_agent_v1_ActivateRequest, callback: grpc.requestCallback<_kubeos_agent_v1_ActivateResponse__Output>): grpc.ClientUnaryCall;
  activate(argument: _kubeos_agent_v1_ActivateRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ActivateResponse__Output>): grpc.ClientUnaryCall;
  activate(argument: _kubeos_agent_v1_ActivateRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_ActivateResponse__Output>): grpc.ClientUnaryCall;
  activate(argument: _kubeos_agent_v1_ActivateRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ActivateResponse__Output>): grpc.ClientUnaryCall;
  activate(argument: _kubeos_agent_v1_ActivateRequest, callback: grpc.requestCallback<_kubeos_agent_v1_ActivateResponse__Output>): grpc.ClientUnaryCall;
  
  Cancel(argument: _kubeos_agent_v1_CancelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  Cancel(argument: _kubeos_agent_v1_CancelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  Cancel(argument: _kubeos_agent_v1_CancelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  Cancel(argument: _kubeos_agent_v1_CancelRequest, callback: grpc.requestCallback<_kubeos_agent_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _kubeos_agent_v1_CancelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _kubeos_agent_v1_CancelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _kubeos_agent_v1_CancelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  cancel(argument: _kubeos_agent_v1_CancelRequest, callback: grpc.requestCallback<_kubeos_agent_v1_CancelResponse__Output>): grpc.ClientUnaryCall;
  
  Configure(argument: _kubeos_agent_v1_ConfigureRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ConfigureResponse__Output>): grpc.ClientUnaryCall;
  Configure(argument: _kubeos_agent_v1_ConfigureRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_ConfigureResponse__Output>): grpc.ClientUnaryCall;
  Configure(argument: _kubeos_agent_v1_ConfigureRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ConfigureResponse__Output>): grpc.ClientUnaryCall;
  Configure(argument: _kubeos_agent_v1_ConfigureRequest, callback: grpc.requestCallback<_kubeos_agent_v1_ConfigureResponse__Output>): grpc.ClientUnaryCall;
  configure(argument: _kubeos_agent_v1_ConfigureRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ConfigureResponse__Output>): grpc.ClientUnaryCall;
  configure(argument: _kubeos_agent_v1_ConfigureRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_ConfigureResponse__Output>): grpc.ClientUnaryCall;
  configure(argument: _kubeos_agent_v1_ConfigureRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ConfigureResponse__Output>): grpc.ClientUnaryCall;
  configure(argument: _kubeos_agent_v1_ConfigureRequest, callback: grpc.requestCallback<_kubeos_agent_v1_ConfigureResponse__Output>): grpc.ClientUnaryCall;
  
  Confirm(argument: _kubeos_agent_v1_ConfirmRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ConfirmResponse__Output>): grpc.ClientUnaryCall;
  Confirm(argument: _kubeos_agent_v1_ConfirmRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_ConfirmResponse__Output>): grpc.ClientUnaryCall;
  Confirm(argument: _kubeos_agent_v1_ConfirmRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ConfirmResponse__Output>): grpc.ClientUnaryCall;
  Confirm(argument: _kubeos_agent_v1_ConfirmRequest, callback: grpc.requestCallback<_kubeos_agent_v1_ConfirmResponse__Output>): grpc.ClientUnaryCall;
  confirm(argument: _kubeos_agent_v1_ConfirmRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ConfirmResponse__Output>): grpc.ClientUnaryCall;
  confirm(argument: _kubeos_agent_v1_ConfirmRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_ConfirmResponse__Output>): grpc.ClientUnaryCall;
  confirm(argument: _kubeos_agent_v1_ConfirmRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_ConfirmResponse__Output>): grpc.ClientUnaryCall;
  confirm(argument: _kubeos_agent_v1_ConfirmRequest, callback: grpc.requestCallback<_kubeos_agent_v1_ConfirmResponse__Output>): grpc.ClientUnaryCall;
  
  GetDrift(argument: _kubeos_agent_v1_GetDriftRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetDriftResponse__Output>): grpc.ClientUnaryCall;
  GetDrift(argument: _kubeos_agent_v1_GetDriftRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_GetDriftResponse__Output>): grpc.ClientUnaryCall;
  GetDrift(argument: _kubeos_agent_v1_GetDriftRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetDriftResponse__Output>): grpc.ClientUnaryCall;
  GetDrift(argument: _kubeos_agent_v1_GetDriftRequest, callback: grpc.requestCallback<_kubeos_agent_v1_GetDriftResponse__Output>): grpc.ClientUnaryCall;
  getDrift(argument: _kubeos_agent_v1_GetDriftRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetDriftResponse__Output>): grpc.ClientUnaryCall;
  getDrift(argument: _kubeos_agent_v1_GetDriftRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_GetDriftResponse__Output>): grpc.ClientUnaryCall;
  getDrift(argument: _kubeos_agent_v1_GetDriftRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetDriftResponse__Output>): grpc.ClientUnaryCall;
  getDrift(argument: _kubeos_agent_v1_GetDriftRequest, callback: grpc.requestCallback<_kubeos_agent_v1_GetDriftResponse__Output>): grpc.ClientUnaryCall;
  
  GetSettings(argument: _kubeos_agent_v1_GetSettingsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetSettingsResponse__Output>): grpc.ClientUnaryCall;
  GetSettings(argument: _kubeos_agent_v1_GetSettingsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_GetSettingsResponse__Output>): grpc.ClientUnaryCall;
  GetSettings(argument: _kubeos_agent_v1_GetSettingsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetSettingsResponse__Output>): grpc.ClientUnaryCall;
  GetSettings(argument: _kubeos_agent_v1_GetSettingsRequest, callback: grpc.requestCallback<_kubeos_agent_v1_GetSettingsResponse__Output>): grpc.ClientUnaryCall;
  getSettings(argument: _kubeos_agent_v1_GetSettingsRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetSettingsResponse__Output>): grpc.ClientUnaryCall;
  getSettings(argument: _kubeos_agent_v1_GetSettingsRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_GetSettingsResponse__Output>): grpc.ClientUnaryCall;
  getSettings(argument: _kubeos_agent_v1_GetSettingsRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetSettingsResponse__Output>): grpc.ClientUnaryCall;
  getSettings(argument: _kubeos_agent_v1_GetSettingsRequest, callback: grpc.requestCallback<_kubeos_agent_v1_GetSettingsResponse__Output>): grpc.ClientUnaryCall;
  
  GetStatus(argument: _kubeos_agent_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _kubeos_agent_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _kubeos_agent_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  GetStatus(argument: _kubeos_agent_v1_GetStatusRequest, callback: grpc.requestCallback<_kubeos_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kubeos_agent_v1_GetStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kubeos_agent_v1_GetStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kubeos_agent_v1_GetStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  getStatus(argument: _kubeos_agent_v1_GetStatusRequest, callback: grpc.requestCallback<_kubeos_agent_v1_GetStatusResponse__Output>): grpc.ClientUnaryCall;
  
  Prepare(argument: _kubeos_agent_v1_PrepareRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_kubeos_agent_v1_PrepareResponse__Output>;
  Prepare(argument: _kubeos_agent_v1_PrepareRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_kubeos_agent_v1_PrepareResponse__Output>;
  prepare(argument: _kubeos_agent_v1_PrepareRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_kubeos_agent_v1_PrepareResponse__Output>;
  prepare(argument: _kubeos_agent_v1_PrepareRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_kubeos_agent_v1_PrepareResponse__Output>;
  
  Rollback(argument: _kubeos_agent_v1_RollbackRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_RollbackResponse__Output>): grpc.ClientUnaryCall;
  Rollback(argument: _kubeos_agent_v1_RollbackRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_RollbackResponse__Output>): grpc.ClientUnaryCall;
  Rollback(argument: _kubeos_agent_v1_RollbackRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_RollbackResponse__Output>): grpc.ClientUnaryCall;
  Rollback(argument: _kubeos_agent_v1_RollbackRequest, callback: grpc.requestCallback<_kubeos_agent_v1_RollbackResponse__Output>): grpc.ClientUnaryCall;
  rollback(argument: _kubeos_agent_v1_RollbackRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_RollbackResponse__Output>): grpc.ClientUnaryCall;
  rollback(argument: _kubeos_agent_v1_RollbackRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_kubeos_agent_v1_RollbackResponse__Output>): grpc.ClientUnaryCall;
  rollback(argument: _kubeos_agent_v1_RollbackRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_kubeos_agent_v1_RollbackResponse__Output>): grpc.ClientUnaryCall;
  rollback(argument: _kubeos_agent_v1_RollbackRequest, callback: grpc.requestCallback<_kubeos_agent_v1_RollbackResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface AgentHandlers extends grpc.UntypedServiceImplementation {
  Activate: grpc.handleUnaryCall<_kubeos_agent_v1_ActivateRequest__Output, _kubeos_agent_v1_ActivateResponse>;
  
  Cancel: grpc.handleUnaryCall<_kubeos_agent_v1_CancelRequest__Output, _kubeos_agent_v1_CancelResponse>;
  
  Configure: grpc.handleUnaryCall<_kubeos_agent_v1_ConfigureRequest__Output, _kubeos_agent_v1_ConfigureResponse>;
  
  Confirm: grpc.handleUnaryCall<_kubeos_agent_v1_ConfirmRequest__Output, _kubeos_agent_v1_ConfirmResponse>;
  
  GetDrift: grpc.handleUnaryCall<_kubeos_agent_v1_GetDriftRequest__Output, _kubeos_agent_v1_GetDriftResponse>;
  
  GetSettings: grpc.handleUnaryCall<_kubeos_agent_v1_GetSettingsRequest__Output, _kubeos_agent_v1_GetSettingsResponse>;
  
  GetStatus: grpc.handleUnaryCall<_kubeos_agent_v1_GetStatusRequest__Output, _kubeos_agent_v1_GetStatusResponse>;
  
  Prepare: grpc.handleServerStreamingCall<_kubeos_agent_v1_PrepareRequest__Output, _kubeos_agent_v1_PrepareResponse>;
  
  Rollback: grpc.handleUnaryCall<_kubeos_agent_v1_RollbackRequest__Output, _kubeos_agent_v1_RollbackResponse>;
  
}

export interface AgentDefinition extends grpc.ServiceDefinition {
  Activate: MethodDefinition<_kubeos_agent_v1_ActivateRequest, _kubeos_agent_v1_ActivateResponse, _kubeos_agent_v1_ActivateRequest__Output, _kubeos_agent_v1_ActivateResponse__Output>
  Cancel: MethodDefinition<_kubeos_agent_v1_CancelRequest, _kubeos_agent_v1_CancelResponse, _kubeos_agent_v1_CancelRequest__Output, _kubeos_agent_v1_CancelResponse__Output>
  Configure: MethodDefinition<_kubeos_agent_v1_ConfigureRequest, _kubeos_agent_v1_ConfigureResponse, _kubeos_agent_v1_ConfigureRequest__Output, _kubeos_agent_v1_ConfigureResponse__Output>
  Confirm: MethodDefinition<_kubeos_agent_v1_ConfirmRequest, _kubeos_agent_v1_ConfirmResponse, _kubeos_agent_v1_ConfirmRequest__Output, _kubeos_agent_v1_ConfirmResponse__Output>
  GetDrift: MethodDefinition<_kubeos_agent_v1_GetDriftRequest, _kubeos_agent_v1_GetDriftResponse, _kubeos_agent_v1_GetDriftRequest__Output, _kubeos_agent_v1_GetDriftResponse__Output>
  GetSettings: MethodDefinition<_kubeos_agent_v1_GetSettingsRequest, _kubeos_agent_v1_GetSettingsResponse, _kubeos_agent_v1_GetSettingsRequest__Output, _kubeos_agent_v1_GetSettingsResponse__Output>
  GetStatus: MethodDefinition<_kubeos_agent_v1_GetStatusRequest, _kubeos_agent_v1_GetStatusResponse, _kubeos_agent_v1_GetStatusRequest__Output, _kubeos_agent_v1_GetStatusResponse__Output>
  Prepare: MethodDefinition<_kubeos_agent_v1_PrepareRequest, _kubeos_agent_v1_PrepareResponse, _kubeos_agent_v1_PrepareRequest__Output, _kubeos_agent_v1_PrepareResponse__Output>
  Rollback: MethodDefinition<_kubeos_agent_v1_RollbackRequest, _kubeos_agent_v1_RollbackResponse, _kubeos_agent_v1_RollbackRequest__Output, _kubeos_agent_v1_RollbackResponse__Output>
}
