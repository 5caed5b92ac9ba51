// The network of the page, as the browser tells of it.

/** Hears that there is a network again, or another one, until the function that it returns is called. */
export function watchNetwork(changed: () => void): () => void {
  // Not in all browsers (WICG Network Information).
  const connection = (globalThis.navigator as { connection?: EventTarget } | undefined)?.connection;
  globalThis.addEventListener?.("online", changed);
  connection?.addEventListener?.("change", changed);
  return () => {
    globalThis.removeEventListener?.("online", changed);
    connection?.removeEventListener?.("change", changed);
  };
}
