export { errorCodes, isErrorCode, type ErrorCode, type ErrorKind } from './codes.ts';
export { errorKinds, type RequeueAfterError } from './kinds.ts';
export {
  assertNever,
  describeFailure,
  hasCode,
  KubeosError,
  type ErrorDetails,
  type KubeosErrorOptions,
} from './kubeos-error.ts';
