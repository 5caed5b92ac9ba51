// Events of the objects that applications see.

type Listener = (args?: any) => void;

/** The listeners of one object, by event. `E` names the events and what their listeners get. */
export class Emitter<E extends object> {
  private listeners = new Map<keyof E, Set<Listener>>();

  /** The `on` and `off` of a public object. They need no `this`. */
  readonly on = (event: keyof E, listener: Listener): void => {
    if (typeof listener !== "function") throw new TypeError(`the listener of ${String(event)} is not a function`);
    let set = this.listeners.get(event);
    if (!set) this.listeners.set(event, (set = new Set()));
    set.add(listener);
  };
  readonly off = (event: keyof E, listener: Listener): void => {
    this.listeners.get(event)?.delete(listener);
  };

  /** Calls the listeners. One that throws stops no other; its error is reported as uncaught. */
  emit<K extends keyof E>(event: K, ...args: E[K] extends void ? [] : [E[K]]): void {
    for (const listener of [...(this.listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        reportLater(error);
      }
    }
  }

  has(event: keyof E): boolean {
    return (this.listeners.get(event)?.size ?? 0) > 0;
  }

  clear(): void {
    this.listeners.clear();
  }
}

function reportLater(error: unknown): void {
  setTimeout(() => {
    throw error;
  });
}
