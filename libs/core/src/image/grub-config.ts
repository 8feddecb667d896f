/**
 * The boot menu of a node, in the script language of GRUB 2.06.
 *
 * It says in GRUB's words what `bootStep` says in ours; `bootStepCases` holds both to the same table. GRUB knows no
 * arithmetic and reads no variable by a computed name, so whatever differs between the slots is written out for each.
 */
import { otherSlot, slotNames, type SlotName } from '../api/operation.ts';
import { bootAttempts, leftName } from '../slots/boot-vars.ts';

/** What a boot menu is made of. */
export interface GrubConfigOptions {
  /** UUIDs of the partitions of the slots, in lower case as GRUB prints them. */
  readonly partUuids: Readonly<Record<SlotName, string>>;
  /** Password of the superuser `root` as `grub.pbkdf2.sha512...`; without one everybody at the console may edit. */
  readonly passwordHash?: string;
  /** How long a trial boot may take until the system feeds the watchdog, in seconds. Default: 120. */
  readonly watchdogSeconds?: number;
  /** How long ESC opens the menu, in seconds. Default: 3. */
  readonly menuSeconds?: number;
  /** How long to wait before a machine on which nothing can be started is restarted, in seconds. Default: 60. */
  readonly restartSeconds?: number;
}

/** Where the boot loader's files are on the boot partition; on the node that is `/boot/efi/EFI/openEuler`. */
export const grubFolder = 'EFI/openEuler';
/** The numbers of the partitions that GRUB reads, on the disk that it was started from. */
const grubPartitions = { esp: 1, A: 2, B: 3 } as const;

/**
 * Words of the kernel line that the cluster and people may change.
 *
 * As upstream, but for three: `nomodeset` and `selinux` belong to the image, and memory for `crashkernel` is reserved
 * where something dumps into it. What makes a kernel give up instead of hanging stands here, so that it holds for
 * images that say nothing: a node that has given up starts again, and a trial has one attempt less.
 */
const editableWords = [
  ...['ro', 'rootfstype=ext4', 'quiet'],
  ...['oops=panic', 'softlockup_panic=1', 'nmi_watchdog=1', 'rd.shell=0', 'panic=5'],
];
/** Stands last on the line: of parameters that are set once the last one counts, and a trial needs all of these. */
const trialWords = ['panic=10', 'oops=panic', 'softlockup_panic=1', 'hung_task_panic=1'];

/** Place in the menu of the entry that tells a person and restarts. */
const restartEntry = slotNames.length;
/** A menu that nobody touches does not hold a node for ever: ESC may have been noise on the serial line. */
const idleMenuSeconds = 300;

/**
 * Renders `grub.cfg`. All of it is one function, which GRUB knows only when it has read it to its end: of a file that
 * is not whole nothing is carried out, and `renderEarlyConfig` takes the next one.
 */
export function renderGrubConfig(options: GrubConfigOptions): string {
  const { partUuids, passwordHash = '' } = options;
  const { watchdogSeconds = 120, menuSeconds = 3, restartSeconds = 60 } = options;
  return `# Boot menu of KubeOS. The lines that begin with "linux" may be edited, by hand or by the settings models
# grub.cmdline.current and grub.cmdline.next. GRUB runs the function below only if it is whole, or else that of
# grub.cfg.bak, or else the one that was built into GRUB with the image.
function kubeos_menu {
  # As upstream: a password in user.cfg takes the place of the one here.
  set GRUB2_PASSWORD="${passwordHash}"
  if [ -s "$kubeos_dir/user.cfg" ]; then
    source "$kubeos_dir/user.cfg"
  fi
  if [ -n "$GRUB2_PASSWORD" ]; then
    set superusers=root
    password_pbkdf2 root "$GRUB2_PASSWORD"
  fi

${slotNames.map((slot) => guarded(slotEntry(slot, partUuids[slot], watchdogSeconds))).join('')}${guarded(lastEntry(restartSeconds))}
${indent(readBlock, 2)}
  echo "KubeOS: ESC opens the menu"
  if sleep --interruptible ${menuSeconds}; then
    set timeout=0
${indent(decide(), 4)}
  else
${indent(openMenu, 4)}
  fi
  set kubeos_runs="$kubeos_call"
}
`;
}

/**
 * Renders what is built into the GRUB image: it finds the boot partition of the disk that GRUB came from, and runs the
 * first menu that is whole: `grub.cfg`, `grub.cfg.bak`, or the one that lies in GRUB itself at `builtInPath`.
 */
export function renderEarlyConfig(builtInPath: string): string {
  return `# Firmware of EFI machines brings its console to the serial port by itself.
if [ "$grub_platform" = pc ]; then
  if serial --unit=0 --speed=115200; then
    terminal_input console serial
    terminal_output console serial
  fi
fi
set kubeos_disk=hd0
regexp --set=1:kubeos_disk '^\\(([^,)]+)' "$cmdpath"
set kubeos_dir="($kubeos_disk,gpt${grubPartitions.esp})/${grubFolder}"
for kubeos_file in "$kubeos_dir/grub.cfg" "$kubeos_dir/grub.cfg.bak" "${builtInPath}"; do
  if [ -z "$kubeos_runs" ]; then
    unset kubeos_call
    if [ -s "$kubeos_file" ]; then
      # Takes the function and carries nothing out, whatever else is in the file.
      extract_entries_source "$kubeos_file"
    fi
    # To GRUB a command that it does not know has succeeded, so that the menu itself has to say that it is there.
    set kubeos_call=1
    kubeos_menu
    if [ -z "$kubeos_runs" ]; then
      echo "KubeOS: $kubeos_file is missing or broken"
      set kubeos_menu_args=kubeos.menu=fallback
    fi
  fi
done
`;
}

/** What stands behind a damaged place is for GRUB outside of the function; then there shall be no entry of it. */
function guarded(entry: string): string {
  return `  if [ -n "$kubeos_call" ]; then
${indent(entry, 4)}
  fi
`;
}

/** Forgets what was read, then reads: nothing stale is taken for what is on the disk. */
const readBlock = `for kubeos_name in good order left_a left_b slot_a slot_b; do
  unset "$kubeos_name"
done
load_env --file "$kubeos_dir/grubenv" good order left_a left_b slot_a slot_b
`;

/** Gives the machine into a person's hands: what is picked from now on is picked by hand. */
const openMenu = `set kubeos_by_hand=1
unset kubeos_why_a
unset kubeos_why_b
unset fallback
set default=${restartEntry}
set timeout=${idleMenuSeconds}
`;

function lastEntry(restartSeconds: number): string {
  return `menuentry 'Restart' --unrestricted --id 'KubeOS-Restart' {
  if [ -z "$kubeos_by_hand" ]; then
    echo "KubeOS: no slot can be started. Restarting in ${restartSeconds} seconds, ESC opens the menu"
    if sleep --interruptible ${restartSeconds}; then
      reboot
    fi
${indent(openMenu, 4)}
  else
    reboot
  fi
}
`;
}

/** Which entries are tried, in which order, and why. GRUB goes on with `fallback` when `default` comes back. */
function decide(): string {
  return `if [ "$good" = A ]; then
${indent(decideFor('A'), 2)}
elif [ "$good" = B ]; then
${indent(decideFor('B'), 2)}
else
  # What cannot be read says nothing of trials either.
  unset slot_a
  unset slot_b
  set kubeos_why_a=lastresort
  set kubeos_why_b=lastresort
  set default=0
  set fallback="1 ${restartEntry}"
fi
`;
}

/** The same where this slot is the good one. An attempt counts only if it is on the disk. */
function decideFor(slot: SlotName): string {
  const candidate = otherSlot(slot);
  const [name, other] = [slot.toLowerCase(), candidate.toLowerCase()];
  const [place, otherPlace] = [slotNames.indexOf(slot), slotNames.indexOf(candidate)];
  const left = leftName(candidate);
  const counts = Array.from({ length: bootAttempts }, (_, index) => bootAttempts - index);
  const lower = counts.map(
    (count, index) => `    ${index === 0 ? 'if' : 'elif'} [ "$${left}" = ${count} ]; then
      set kubeos_lower=${count - 1}
`,
  );
  return `set kubeos_why_${name}=good
set default=${place}
set fallback=${restartEntry}
unset kubeos_lower
if [ "$slot_${other}" = good ]; then
  set kubeos_why_${other}=fallback
  set fallback="${otherPlace} ${restartEntry}"
elif [ "$slot_${other}" = trial ]; then
  if regexp '^${candidate}( |$)' "$order"; then
${lower.join('')}    fi
  fi
fi
if [ -n "$kubeos_lower" ]; then
  set ${left}="$kubeos_lower"
  if save_env --file "$kubeos_dir/grubenv" ${left}; then
${indent(readBlock, 4)}
    if [ "$${left}" = "$kubeos_lower" ]; then
      set kubeos_why_${other}=trial
      set default=${otherPlace}
      set fallback="${place} ${restartEntry}"
    fi
  fi
fi
`;
}

/** The kernel options of the image come first, so that the words behind them win over them. */
function slotEntry(slot: SlotName, partUuid: string, watchdogSeconds: number): string {
  const name = slot.toLowerCase();
  const partition = `$kubeos_disk,gpt${grubPartitions[slot]}`;
  const words = [
    ...[`root=PARTUUID=${partUuid}`, '$kubeos_image_args', ...editableWords],
    ...[`kubeos.slot=${slot}`, 'kubeos.why=$kubeos_why', '$kubeos_menu_args', '$kubeos_trial_args'],
  ];
  return `menuentry '${slot}' --unrestricted --hotkey=${name} --id 'KubeOS-${slot}' {
  set kubeos_why="$kubeos_why_${name}"
  if [ -z "$kubeos_why" ]; then
    set kubeos_why=manual
  fi
  echo "KubeOS: slot ${slot}, $kubeos_why"
  unset kubeos_uuid
  probe --set=kubeos_uuid --part-uuid "(${partition})"
  if [ "$kubeos_uuid" = ${partUuid} ]; then
    set root="${partition}"
    unset kubeos_image_args
    if [ -s /boot/kubeos.cfg ]; then
      source /boot/kubeos.cfg
    fi
    # Behind the file of the image, which so does not take away what ends its own trial.
    unset kubeos_trial_args
    if [ "$slot_${name}" = trial ]; then
      set kubeos_trial_args="${trialWords.join(' ')} kubeos.watchdog=${watchdogSeconds}"
    fi
    # What is missing is found here: GRUB waits for a key after an error that it prints.
    if [ -s /boot/vmlinuz ]; then
      if [ -s /boot/initramfs.img ]; then
        if
          linux /boot/vmlinuz ${words.join(' ')}
        then
          if initrd /boot/initramfs.img; then
            boot
          fi
          # GRUB would start the kernel at the end of this entry: the first thing that this loader does is to forget it.
          multiboot
        fi
      fi
    fi
  fi
  echo "KubeOS: slot ${slot} cannot be loaded"
}
`;
}

function indent(text: string, by: number): string {
  return text.trimEnd().replace(/^(?=.)/gm, ' '.repeat(by));
}
