/** The standard health service: the agent serves as long as it runs. */
import { KubeosError } from '@kubeos/core';
import { aborted } from './aborted.ts';
import type { HealthCheckRequest__Output } from './gen/grpc/health/v1/HealthCheckRequest.ts';
import type { HealthCheckResponse } from './gen/grpc/health/v1/HealthCheckResponse.ts';
import type { StreamMethod, UnaryMethod } from './methods.ts';
import { agentServiceName } from './protocol.ts';

/** The methods by their names in the service. */
export interface HealthMethods {
  readonly Check: UnaryMethod<HealthCheckRequest__Output, HealthCheckResponse>;
  readonly Watch: StreamMethod<HealthCheckRequest__Output, HealthCheckResponse>;
}

/** Serves health until `closing` is aborted. */
export function healthMethods(closing: AbortSignal): HealthMethods {
  const isKnown = (service: string) => service === '' || service === agentServiceName;
  return {
    Check: async ({ service }) => {
      if (!isKnown(service)) throw new KubeosError('NOT_FOUND', `No service "${service}" here`);
      return { status: 'SERVING' };
    },
    Watch: async ({ service }, signal, send) => {
      send({ status: isKnown(service) ? 'SERVING' : 'SERVICE_UNKNOWN' });
      await aborted(AbortSignal.any([signal, closing]));
      if (isKnown(service)) send({ status: 'NOT_SERVING' });
    },
  };
}
