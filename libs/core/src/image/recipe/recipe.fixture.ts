import { parseRecipe } from './parse-recipe.ts';
import type { Recipe } from './recipe.ts';

/** A recipe with every table that this version builds, for tests. */
export const fullRecipe = `# A node of a test cluster.
[from_repo]
version = "1.2.0"
repo_path = "debian.sources"
agent_path = "/opt/kubeos/agent.cjs"
root_passwd = "$6$saltsalt$rootHashOfTheTest"
upgrade_img = "registry.example:5000/kubeos/node:1.2.0"
legacy_bios = true
rpmlist = [
  "linux-image-amd64", # the kernel
  "systemd",
]

[[users]]
name = "ops"
passwd = "opsSecretOfTheTest"
primary_group = "users"
groups = ["adm", "systemd-journal"]

[[users]]
name = "guest"
passwd = 'guest"Secret\\OfTheTest'

[[copy_files]]
src = "files/motd"
dst = "/etc/motd"

[[copy_files]]
src = "files/units"
dst = "/usr/lib/systemd/system/"
create_dir = "/usr/lib/systemd/system"

[grub]
passwd = "grubSecretOfTheTest"

[systemd_service]
name = ["kubelet", "containerd.service", "serial-getty@ttyS0.service"]

[chroot_script]
path = "scripts/last.sh"
rm = true

[disk_partition]
root = 3000
img_size = 30

[persist_mkdir]
name = ["log", "data/db"]
`;

/** The least that is valid. */
export const leastRecipe = `[from_repo]
version = "1"
repo_path = "kubeos.repo"
agent_path = "agent.cjs"
root_passwd = "*"
rpmlist = []
`;

/** The mistakes of a recipe as `line:column path: message`. */
export function issuesOf(text: string): readonly string[] {
  const result = parseRecipe(text);
  if (result.kind === 'ok') return [];
  return result.issues.map(
    ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
  );
}

/** Those of the least recipe with these lines behind it; the first of them is line 7. */
export function issuesBehind(lines: string): readonly string[] {
  return issuesOf(leastRecipe + lines);
}

/** The recipe of a text that has to be right. */
export function recipeOf(text: string): Recipe {
  const result = parseRecipe(text);
  if (result.kind === 'invalid') throw new Error(issuesOf(text).join('\n'));
  return result.recipe;
}
