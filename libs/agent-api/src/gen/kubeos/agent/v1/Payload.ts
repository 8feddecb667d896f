// Original file: proto/kubeos/agent/v1/agent.proto

import type { ImageType as _kubeos_agent_v1_ImageType, ImageType__Output as _kubeos_agent_v1_ImageType__Output } from '../../../kubeos/agent/v1/ImageType.ts';

export interface Payload {
  'imageType'?: (_kubeos_agent_v1_ImageType);
  'url'?: (string);
  'image'?: (string);
  'digest'?: (string);
  'allowInsecure'?: (boolean);
  'mutualTls'?: (boolean);
  'caCert'?: (string);
  'clientCert'?: (string);
  'clientKey'?: (string);
  '_url'?: "url";
  '_image'?: "image";
  '_caCert'?: "caCert";
  '_clientCert'?: "clientCert";
  '_clientKey'?: "clientKey";
}

export interface Payload__Output {
  'imageType': (_kubeos_agent_v1_ImageType__Output);
  'url'?: (string);
  'image'?: (string);
  'digest': (string);
  'allowInsecure': (boolean);
  'mutualTls': (boolean);
  'caCert'?: (string);
  'clientCert'?: (string);
  'clientKey'?: (string);
  '_url'?: "url";
  '_image'?: "image";
  '_caCert'?: "caCert";
  '_clientCert'?: "clientCert";
  '_clientKey'?: "clientKey";
}
