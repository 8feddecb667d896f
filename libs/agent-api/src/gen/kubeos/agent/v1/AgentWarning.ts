// Original file: proto/kubeos/agent/v1/agent.proto


export interface AgentWarning {
  'reason'?: (string);
  'message'?: (string);
}

export interface AgentWarning__Output {
  'reason': (string);
  'message': (string);
}
