// Whether another tab of this site has a client too. A page holds a lock for each of its
// clients (Web Locks), which the browser lets go with the page, however it ends: nothing
// depends on timers, which are slow in hidden tabs.

/** Begins the names of the locks; the rest of each is the client's own. */
const LOCKS = "switchhook-calling ";
const CHANNEL = "switchhook-calling";
/** How soon it is seen that another tab is gone. */
const LOOK_MS = 2_000;

/** The locks of this page. */
const own = new Set<string>();
let line: BroadcastChannel | undefined;

function channel(): BroadcastChannel | undefined {
  if (typeof document === "undefined" || typeof BroadcastChannel === "undefined" || !navigator.locks) return undefined;
  return (line ??= new BroadcastChannel(CHANNEL));
}

/** Other tabs see a client here, until the function that it returns is called. */
export function beHere(): () => void {
  const others = channel();
  if (!others) return () => {};
  const name = LOCKS + crypto.randomUUID();
  own.add(name);
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => (leave = resolve));
  const tell = (): void => others.postMessage("look");
  navigator.locks
    .request(name, () => {
      tell();
      return left;
    })
    .then(tell, () => {}) // a page that goes away takes its locks along
    .finally(() => own.delete(name));
  return leave;
}

/** Tells at once, and after every change, whether another tab has a client, until the function that it returns is called. */
export function watchOtherTabs(tell: (active: boolean) => void): () => void {
  const others = channel();
  if (!others) return () => {};
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (): Promise<void> => {
    const { held = [] } = await navigator.locks.query();
    const active = held.some(({ name }) => name?.startsWith(LOCKS) && !own.has(name));
    clearTimeout(timer);
    if (over) return;
    timer = active ? setTimeout(again, LOOK_MS) : undefined; // one that crashes says nothing
    tell(active);
  };
  const again = (): void => void look().catch(() => {});
  others.addEventListener("message", again);
  again();
  return () => {
    over = true;
    clearTimeout(timer);
    others.removeEventListener("message", again);
  };
}
