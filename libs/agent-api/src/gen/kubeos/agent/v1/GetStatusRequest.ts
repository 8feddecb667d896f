// Original file: proto/kubeos/agent/v1/agent.proto


export interface GetStatusRequest {
}

export interface GetStatusRequest__Output {
}
