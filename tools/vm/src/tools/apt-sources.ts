/** A source of packages, as apt knows it. */
interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/** Where the packages of this machine come from. */
export interface DebianArchives {
  /** The archive of Debian. */
  readonly main: string;
  /** Its security updates. */
  readonly security: string;
}

/** Debian's own addresses, which find a mirror by themselves. */
const debian: DebianArchives = {
  main: 'http://deb.debian.org/debian',
  security: 'http://deb.debian.org/debian-security',
};

/**
 * The archives of Debian that this machine takes its packages from, out of the texts of its `*.list` and `*.sources`
 * files; Debian's own address where none of them names one.
 */
export function debianArchives(texts: readonly string[]): DebianArchives {
  const sources = texts
    .flatMap((text) => [...listed(text), ...stanzas(text)])
    .filter(({ components }) => components.includes('main'));
  // Other vendors name their suites as Debian does, and security updates are no whole archive.
  const find = (suite: RegExp, path: RegExp): string | undefined =>
    sources.find(
      ({ uri, suites }) =>
        suites.some((name) => suite.test(name)) && path.test(new URL(uri).pathname),
    )?.uri;
  return {
    main: find(/^[a-z]+$/u, /\bdebian\b(?!-security)/u) ?? debian.main,
    security: find(/^[a-z]+-security$/u, /\bdebian-security\b/u) ?? debian.security,
  };
}

// One line each: `deb [options] URI SUITE COMPONENT...`, sources.list(5).
function listed(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(?<rest>\S.*)$/u.exec(line)?.groups?.['rest'];
    const [uri = '', suite = '', ...components] = words(found?.replace(/#.*$/u, ''));
    return URL.canParse(uri) ? [{ uri, suites: [suite], components }] : [];
  });
}

// Stanzas of fields, where a line that begins with a blank goes on with the field before it.
function stanzas(text: string): readonly AptSource[] {
  const lines = text.replaceAll(/^#.*\n?/gmu, '').replaceAll(/\n[ \t]+(?=\S)/gu, ' ');
  return lines.split(/\n\s*\n/u).flatMap((stanza) => {
    const field = (name: string): readonly string[] =>
      words(new RegExp(`^${name}:(?<value>.*)$`, 'imu').exec(stanza)?.groups?.['value']);
    if (!field('Types').includes('deb') || field('Enabled')[0]?.toLowerCase() === 'no') return [];
    const rest = { suites: field('Suites'), components: field('Components') };
    return field('URIs').flatMap((uri) => (URL.canParse(uri) ? [{ uri, ...rest }] : []));
  });
}

function words(text = ''): readonly string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}
