// Why a browser may find no path to a server on its own machine.
import { environment } from "../features/debuginfo";

const CANDIDATE = /^a=candidate:\S+ \d+ \S+ \d+ (\S+)/gm;
const LOOPBACK = /^(127\.|::1$)/;

/** What the user should know of an answer whose path does not come up; undefined: nothing in particular. */
export function unreachable(answer: string, userAgent: string): string | undefined {
  const addresses = [...answer.matchAll(CANDIDATE)].map(([, address]) => address);
  if (addresses.length === 0 || !addresses.every((address) => LOOPBACK.test(address))) return undefined;
  // It has no loopback candidates, as RFC 8445 §5.1.1.1 wants it, and pairs others with none.
  if (environment(userAgent).environment.browser !== "firefox") return undefined;
  return `Firefox sends no media to ${addresses[0]}, the only address of the server: let that have --webrtc localhost:0, the default, on a machine with a network`;
}
