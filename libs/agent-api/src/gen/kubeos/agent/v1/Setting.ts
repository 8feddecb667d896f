// Original file: proto/kubeos/agent/v1/agent.proto


export interface Setting {
  'key'?: (string);
  'valueJson'?: (string);
  'operation'?: (string);
  '_key'?: "key";
  '_valueJson'?: "valueJson";
  '_operation'?: "operation";
}

export interface Setting__Output {
  'key'?: (string);
  'valueJson'?: (string);
  'operation'?: (string);
  '_key'?: "key";
  '_valueJson'?: "valueJson";
  '_operation'?: "operation";
}
