/** What the clock of a time zone shows. Local times are kept as milliseconds "as if they were UTC". */

/** Reads and inverts the clock of one time zone. */
export interface ZoneClock {
  readonly zone: string;
  /** The local time shown at this moment, in whole seconds. */
  localAt(epochMs: number): number;
  /**
   * True when the clock has shown this local time, or a later one, at this moment or before. A local time that is
   * shown twice counts from the first time on; one that is skipped counts from the moment it is skipped.
   */
  hasReached(epochMs: number, localMs: number): boolean;
}

const dayMs = 86_400_000;

/** The clock of a zone by its IANA name; `undefined` when the zone is not known. */
export function zoneClock(zone: string): ZoneClock | undefined {
  const format = formatOf(zone);
  if (format === undefined) return undefined;

  const localAt = (epochMs: number): number => localOf(format, epochMs);
  const offsetAt = (epochMs: number): number =>
    localAt(epochMs) - Math.floor(epochMs / 1000) * 1000;

  const hasReached = (epochMs: number, localMs: number): boolean => {
    const shown = localAt(epochMs);
    // Zones differ from UTC by less than a day, and clocks are set back by less than one.
    if (Math.abs(shown - localMs) > 2 * dayMs) return shown > localMs;
    // The offsets before and after any change near this local time.
    const moments = [offsetAt(localMs - dayMs), offsetAt(localMs + dayMs)]
      .map((offset) => localMs - offset)
      .filter((moment) => localAt(moment) === localMs);
    return moments.length > 0 ? epochMs >= Math.min(...moments) : shown >= localMs;
  };

  return { zone, localAt, hasReached };
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (thrown) {
    // The one way in which Intl says that it does not know a zone.
    if (thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function localOf(format: Intl.DateTimeFormat, epochMs: number): number {
  const parts = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, value]));
  const read = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? 0);
  return Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  );
}
