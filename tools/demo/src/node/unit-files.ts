import { join } from 'node:path';

/** Files by which the node's `systemctl` and `journalctl` speak with the machine; made anew with each boot. */
export interface UnitFiles {
  readonly folder: string;
  /** There once a reboot has been ordered. */
  readonly rebootOrder: string;
  /** State of kubelet.service as `is-active` says it; absent where the system has no such unit. */
  readonly kubeletState: string;
  /** The journal of kubelet.service. */
  readonly kubeletLog: string;
}

/** Begins the name of a file that orders to restart kubelet.service; whoever waits for it looks until the file is gone. */
export const restartOrder = 'restart.';
/** The same, if it runs. */
export const tryRestartOrder = 'try-restart.';

/** The files in this folder. */
export function unitFiles(folder: string): UnitFiles {
  return {
    folder,
    rebootOrder: join(folder, 'reboot'),
    kubeletState: join(folder, 'kubelet.service'),
    kubeletLog: join(folder, 'kubelet.log'),
  };
}

/** As much of systemctl(1) as an agent asks for; exit codes are those of its page. */
export function systemctl({ folder, rebootOrder, kubeletState }: UnitFiles): string {
  return `#!/bin/sh
reboot='${rebootOrder}'
kubelet='${kubeletState}'
no_kubelet() {
  if [ -e "$kubelet" ]; then return 1; fi
  echo 'Unit kubelet.service not found.' >&2
}
if [ "$1" = --no-block ]; then shift; fi
case "$1 $2" in
  'reboot ') : > "$reboot" ;;
  # Passes are run while the sector shows a trial, whoever starts or stops their timers.
  'start '*|'stop '*) ;;
  'is-system-running ') if [ -e "$reboot" ]; then echo stopping; exit 1; fi; echo running ;;
  # There is no limit of starts that would have to be lifted.
  'reset-failed kubelet.service') if no_kubelet; then exit 1; fi ;;
  'try-restart kubelet.service') : > '${join(folder, tryRestartOrder)}'$$ ;;
  'restart kubelet.service')
    if no_kubelet; then exit 5; fi
    order='${join(folder, restartOrder)}'$$
    : > "$order"
    while [ -e "$order" ]; do sleep 0.1; done
    if [ "$(cat "$kubelet")" = active ]; then exit 0; fi
    echo 'Job for kubelet.service failed because the control process exited with error code.' >&2
    exit 1 ;;
  'is-active kubelet.service')
    if no_kubelet; then exit 4; fi
    cat "$kubelet"
    if [ "$(cat "$kubelet")" != active ]; then exit 3; fi ;;
  *) echo "systemctl: not played: $*" >&2; exit 1 ;;
esac
`;
}

/** As much of journalctl(1): the last lines of kubelet.service. There is no journal of earlier boots. */
export function journalctl({ kubeletLog }: UnitFiles): string {
  return `#!/bin/sh
case "$1" in
  --unit=kubelet.service) tail -n 10 '${kubeletLog}' ;;
  *) exit 1 ;;
esac
`;
}
