// The phone number that the softphone is for applications, if it is one (PUT /admin/lines/{number}).
import { api, kept } from "../../state/api";
import { user } from "./phone";

/** The number, as it was typed; "" while the softphone is a user. */
export const line = kept("softphone.line", "");

const path = (number: string): string => `/admin/lines/${encodeURIComponent(number)}`;
const again = 20 * 60_000; // ms; a line lives for an hour

let taken = "";
let renewal = 0;

/** Lets the page's user stand in for the number, as long as the page is open. */
export async function takeLine(number: string): Promise<void> {
  await api("PUT", path(number), { user: user.value });
  taken = number;
  clearInterval(renewal);
  renewal = window.setInterval(() => void api("PUT", path(number), { user: user.value }).catch(() => {}), again);
}

/** Makes the page a user again. */
export async function leaveLine(): Promise<void> {
  clearInterval(renewal);
  line.value = "";
  const number = taken;
  taken = "";
  if (number) await api("DELETE", path(number)).catch((error) => { if (error.status !== 404) throw error; });
}
