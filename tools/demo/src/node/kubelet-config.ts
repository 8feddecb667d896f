import { KubeosError } from '@kubeos/core';
import { parse } from 'yaml';
import * as z from 'zod/mini';

/** What the stand-in looks at; the defaults are the kubelet's. */
const configSchema = z.object({
  apiVersion: z.literal('kubelet.config.k8s.io/v1beta1'),
  kind: z.literal('KubeletConfiguration'),
  maxPods: z._default(z.number(), 110),
  imageGCHighThresholdPercent: z._default(z.number(), 85),
  imageGCLowThresholdPercent: z._default(z.number(), 80),
});

/** What a kubelet makes of its file: its configuration, or why it ends instead of starting. */
export type ReadKubeletConfig =
  { readonly maxPods: number; readonly problem?: undefined } | { readonly problem: string };

/** Reads the file as the kubelet does, and says what is wrong with it in the kubelet's words. */
export function readKubeletConfig(text: string): ReadKubeletConfig {
  let raw: unknown;
  try {
    raw = parse(text);
  } catch (thrown) {
    return { problem: `failed to load kubelet config file, error: ${messageOf(thrown)}` };
  }
  const parsed = configSchema.safeParse(raw);
  if (!parsed.success) {
    return { problem: `failed to load kubelet config file, error: ${messageOf(parsed.error)}` };
  }
  const { maxPods } = parsed.data;
  const { imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: low } = parsed.data;
  const invalid = (what: string): ReadKubeletConfig => ({
    problem: `failed to validate kubelet configuration, error: invalid configuration: ${what}`,
  });
  if (maxPods < 0) {
    return invalid(`maxPods (--max-pods) ${String(maxPods)} must not be a negative number`);
  }
  if (low >= high) {
    return invalid(
      `imageGCLowThresholdPercent (--image-gc-low-threshold) ${String(low)} must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) ${String(high)}`,
    );
  }
  return { maxPods };
}

/** In one line, as a log has it. */
function messageOf(thrown: unknown): string {
  return KubeosError.from(thrown).message.replaceAll(/\s+/gu, ' ');
}
