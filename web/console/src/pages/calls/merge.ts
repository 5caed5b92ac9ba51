// The list of calls, as pages of it and news come in any order.
import type { Call } from "./model";

/** Calls that the list has at most: twice what the server lists. */
const most = 20_000;

/**
 * The list with calls that have begun or changed, the latest beginning first: what was refused
 * is told later than calls that began after it. If the server has more pages (complete is
 * false), an unknown call that belongs to one of them comes with it.
 */
export function merged(rows: Call[], changed: Call[], complete: boolean): Call[] {
  const news = new Map(changed.map((one) => [one.id, one]));
  const known = rows.map((row) => {
    const newer = news.get(row.id);
    news.delete(row.id);
    return newer ?? row;
  });
  const oldest = complete ? undefined : rows.at(-1);
  const fresh = [...news.values()].filter((one) => !oldest || !isLater(oldest, one));
  if (fresh.length === 0) return known;
  return [...fresh, ...known].sort((one, other) => (isLater(one, other) ? -1 : isLater(other, one) ? 1 : 0)).slice(0, most);
}

/** Without the Z, times of any precision compare as texts. */
const isLater = (one: Call, other: Call): boolean => one.startTime.slice(0, -1) > other.startTime.slice(0, -1);
