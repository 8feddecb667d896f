// Original file: proto/kubeos/agent/v1/agent.proto


export interface GetSettingsRequest {
}

export interface GetSettingsRequest__Output {
}
