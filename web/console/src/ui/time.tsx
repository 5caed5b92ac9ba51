// Times in the zone of the person, or in UTC, for the whole page.
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { kept } from "../state/api";

export const utc = kept("utc", false);
/** Now, moved on once a second while the page is visible. */
export const now = signal(Date.now());
setInterval(() => document.hidden || (now.value = Date.now()), 1000);

const two = (n: number): string => String(n).padStart(2, "0");

function parts(at: Date): { date: string; time: string; ms: string } {
  const get = utc.value
    ? [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds(), at.getUTCMilliseconds()]
    : [at.getFullYear(), at.getMonth(), at.getDate(), at.getHours(), at.getMinutes(), at.getSeconds(), at.getMilliseconds()];
  const [year, month, day, hour, minute, second, ms] = get as [number, number, number, number, number, number, number];
  return { date: `${year}-${two(month + 1)}-${two(day)}`, time: `${two(hour)}:${two(minute)}:${two(second)}`, ms: String(ms).padStart(3, "0") };
}

/** A moment, short where it was today. Milliseconds for what belongs together. */
export function Time(props: { at?: string | number; exact?: boolean }): JSX.Element | null {
  if (!props.at || String(props.at).startsWith("0001-")) return <>–</>;
  const at = new Date(props.at);
  if (isNaN(at.getTime())) return <>{props.at}</>;
  const { date, time, ms } = parts(at);
  const today = parts(new Date()).date === date;
  return (
    <time dateTime={at.toISOString()} title={at.toISOString()}>
      {props.exact ? `${time}.${ms}` : today ? time : `${date} ${time}`}
    </time>
  );
}

/** How long, in words. */
export function lasting(ms: number): string {
  if (!isFinite(ms) || ms < 0) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const hours = Math.floor(seconds / 3600);
  return hours < 48 ? `${hours} h ${Math.floor((seconds % 3600) / 60)} min` : `${Math.floor(hours / 24)} days`;
}

/** How long until a moment, or since. */
export function Until(props: { at: string }): JSX.Element {
  const ms = new Date(props.at).getTime() - now.value;
  return <>{ms > 0 ? `in ${lasting(ms)}` : `${lasting(-ms)} ago`}</>;
}
