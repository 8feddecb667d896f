import { readdirSync, readFileSync } from 'node:fs';

/** Memory of one process, in bytes. */
export interface ProcessMemory {
  readonly rss: number;
  /** Pages that no other process shares (Private_Clean and Private_Dirty of proc_pid_smaps(5)). */
  readonly private: number;
  /** Those of them that are not on disk. */
  readonly dirty: number;
}

/** Follows the memory of a process tree; the peak is that of the sum over the tree. */
export interface MemoryWatch {
  /** Ends it and tells the largest sum of resident memory seen, in bytes. */
  stop(): number;
}

const sampleMs = 20;
const kib = 1024;

/** Samples the tree below a process (the process included) every 20 ms. */
export function watchMemory(pid: number): MemoryWatch {
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(peak, residentBytesOfTree(pid));
  };
  sample();
  const timer = setInterval(sample, sampleMs);
  return {
    stop: () => {
      clearInterval(timer);
      sample();
      return peak;
    },
  };
}

/** Memory of one process at this moment. */
export function memoryOf(pid: number): ProcessMemory {
  const rollup = readProc(`${pid}/smaps_rollup`);
  const clean = fieldOf(rollup, 'Private_Clean');
  const dirty = fieldOf(rollup, 'Private_Dirty');
  return { rss: fieldOf(rollup, 'Rss'), private: clean + dirty, dirty };
}

/** The largest resident memory that a living process ever had, in bytes. */
export function peakOf(pid: number): number {
  return fieldOf(readProc(`${pid}/status`), 'VmHWM');
}

/** CPU seconds, user and system, that a living process has used itself. */
export function cpuSecondsOf(pid: number): number {
  return cpuSeconds(String(pid), 11);
}

/** The same with all children that it has waited for, and theirs. */
export function treeCpuSecondsOf(pid: number): number {
  return cpuSecondsOf(pid) + cpuSeconds(String(pid), 13);
}

/** CPU seconds, user and system, of all children that this process has waited for, and of theirs. */
export function childCpuSeconds(): number {
  return cpuSeconds('self', 13);
}

/** Two neighbouring fields of proc_pid_stat(5), counted from behind the name, which may hold blanks. */
function cpuSeconds(pid: string, field: number): number {
  const fields = readProc(`${pid}/stat`).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[field]) + Number(fields[field + 1])) / ticksPerSecond;
}

/** USER_HZ; 100 on every architecture that Linux runs Node.js on. */
const ticksPerSecond = 100;

function residentBytesOfTree(root: number): number {
  let sum = 0;
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    sum += fieldOf(readProc(`${pid}/status`), 'VmRSS');
    open.push(...childrenOf(pid));
  }
  return sum;
}

/** Children belong to the thread that started them. */
function childrenOf(pid: number): readonly number[] {
  return listProc(`${pid}/task`).flatMap((thread) =>
    readProc(`${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

/** A field of a file of /proc whose lines are `Name: number kB`, in bytes. */
function fieldOf(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'mu').exec(text)?.[1] ?? 0) * kib;
}

/** A file of /proc; empty when the process has gone, as it may at any moment. */
function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

function listProc(path: string): readonly string[] {
  try {
    return readdirSync(`/proc/${path}`);
  } catch {
    return [];
  }
}
