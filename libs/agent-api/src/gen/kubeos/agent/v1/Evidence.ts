// Original file: proto/kubeos/agent/v1/agent.proto


export interface Evidence {
  'attemptsUsed'?: (number);
  'lastStage'?: (string);
  'bootIds'?: (string)[];
  'journalTail'?: (string);
  '_attemptsUsed'?: "attemptsUsed";
  '_lastStage'?: "lastStage";
  '_journalTail'?: "journalTail";
}

export interface Evidence__Output {
  'attemptsUsed'?: (number);
  'lastStage'?: (string);
  'bootIds': (string)[];
  'journalTail'?: (string);
  '_attemptsUsed'?: "attemptsUsed";
  '_lastStage'?: "lastStage";
  '_journalTail'?: "journalTail";
}
