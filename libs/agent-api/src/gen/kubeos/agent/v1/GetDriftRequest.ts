// Original file: proto/kubeos/agent/v1/agent.proto


export interface GetDriftRequest {
}

export interface GetDriftRequest__Output {
}
