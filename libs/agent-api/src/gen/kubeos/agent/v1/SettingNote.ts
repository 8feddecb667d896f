// Original file: proto/kubeos/agent/v1/agent.proto


export interface SettingNote {
  'model'?: (string);
  'key'?: (string);
  'message'?: (string);
}

export interface SettingNote__Output {
  'model': (string);
  'key': (string);
  'message': (string);
}
