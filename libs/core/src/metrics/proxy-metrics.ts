/** The metrics of os-proxy: the program exports what stands here, and the reference page is written from it. */
import type { MetricDescriptions } from './description.ts';

/** What os-proxy exports. From `snapshotAge` on it speaks for the agent, from the agent's snapshot. */
export const proxyMetrics = {
  info: {
    name: 'kubeos_proxy_info',
    type: 'gauge',
    help: 'Version of the proxy and the node that it runs on; the value is 1',
    labels: ['version', 'node'],
  },
  passes: {
    name: 'kubeos_proxy_passes_total',
    type: 'counter',
    help: 'Passes of the loop',
    labels: [],
  },
  failedPasses: {
    name: 'kubeos_proxy_failed_passes_total',
    type: 'counter',
    help: 'Passes that failed',
    labels: [],
  },
  apiAge: {
    name: 'kubeos_proxy_api_age_seconds',
    type: 'gauge',
    help: 'Time since the API server was last heard of',
    labels: [],
  },
  residentMemory: {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory',
    labels: [],
  },
  snapshotAge: {
    name: 'kubeos_agent_snapshot_age_seconds',
    type: 'gauge',
    help: 'Age of the snapshot; the agent publishes one when something has changed, so that an idle node has an old one',
    labels: [],
  },
  agentInfo: {
    name: 'kubeos_agent_info',
    type: 'gauge',
    help: 'Version of the agent and of the running system; the value is 1',
    labels: ['version', 'system'],
  },
  boot: {
    name: 'kubeos_agent_boot_info',
    type: 'gauge',
    help: 'Why the boot loader chose the running slot: good, trial, fallback, lastresort, manual, unknown; the value is 1',
    labels: ['why'],
  },
  slotInfo: {
    name: 'kubeos_slot_info',
    type: 'gauge',
    help: 'What each slot holds, its state and whether it is booted; the value is 1',
    labels: ['slot', 'state', 'version', 'booted'],
  },
  agentHeld: {
    name: 'kubeos_agent_held',
    type: 'gauge',
    help: 'Whether a rollback at the console holds the node: 1 or 0',
    labels: [],
  },
  agentWarning: {
    name: 'kubeos_agent_warning_info',
    type: 'gauge',
    help: 'The warnings of the agent by reason; the value is 1',
    labels: ['reason'],
  },
  lastFailure: {
    name: 'kubeos_agent_last_failure_info',
    type: 'gauge',
    help: 'Reason and class of the last failure of the agent; the value is 1',
    labels: ['reason', 'class'],
  },
  operationRunning: {
    name: 'kubeos_operation_running',
    type: 'gauge',
    help: 'Whether a phase is at work on this node: 1 or 0',
    labels: [],
  },
  operationProgress: {
    name: 'kubeos_operation_progress_bytes',
    type: 'gauge',
    help: 'How far the phase at work has come',
    labels: [],
  },
  settingsRefused: {
    name: 'kubeos_settings_refused',
    type: 'gauge',
    help: 'Settings that were asked of this node and could not be applied',
    labels: [],
  },
  settingsDrifted: {
    name: 'kubeos_settings_drifted',
    type: 'gauge',
    help: 'Settings that this node was found to have otherwise',
    labels: [],
  },
  settingsPending: {
    name: 'kubeos_settings_pending',
    type: 'gauge',
    help: 'Whether settings wait for a reboot, or for the restart of a program that nobody asked for: 1 or 0',
    labels: [],
  },
} as const satisfies MetricDescriptions;
