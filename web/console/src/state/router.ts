// Where in the console the page is: the address below /console/.
import { signal } from "@preact/signals";

const base = "/console/";
const here = (): string => location.pathname.slice(base.length).replace(/\/$/, "");

export const place = signal(here());
export const query = signal(new URLSearchParams(location.search));

/** The address of a place, for links. */
export const href = (to: string): string => base + to;

export function go(to: string, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", href(to));
  arrive();
}

function arrive(): void {
  const before = place.value;
  place.value = here();
  query.value = new URLSearchParams(location.search);
  if (before !== place.value) {
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }
}

addEventListener("popstate", arrive);

/** Lets plain clicks on our own links stay in the page. */
export function follow(event: MouseEvent): void {
  const link = (event.target as Element).closest?.("a");
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || link.target || link.hasAttribute("download")) return;
  const url = new URL(link.href, location.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(base) || url.pathname.startsWith(base + "api/")) return;
  event.preventDefault();
  go(url.pathname.slice(base.length) + url.search);
}
