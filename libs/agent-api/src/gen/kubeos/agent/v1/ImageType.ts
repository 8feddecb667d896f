// Original file: proto/kubeos/agent/v1/agent.proto

export const ImageType = {
  IMAGE_TYPE_UNSPECIFIED: 'IMAGE_TYPE_UNSPECIFIED',
  IMAGE_TYPE_DISK: 'IMAGE_TYPE_DISK',
  IMAGE_TYPE_DOCKER: 'IMAGE_TYPE_DOCKER',
  IMAGE_TYPE_CONTAINERD: 'IMAGE_TYPE_CONTAINERD',
  IMAGE_TYPE_OCI: 'IMAGE_TYPE_OCI',
} as const;

export type ImageType =
  | 'IMAGE_TYPE_UNSPECIFIED'
  | 0
  | 'IMAGE_TYPE_DISK'
  | 1
  | 'IMAGE_TYPE_DOCKER'
  | 2
  | 'IMAGE_TYPE_CONTAINERD'
  | 3
  | 'IMAGE_TYPE_OCI'
  | 4

export type ImageType__Output = typeof ImageType[keyof typeof ImageType]
