// How large an element is on the user's screen, so that no more is received than is seen.

/** In pixels of the screen; 0 while it is hidden. */
export interface Seen {
  width: number;
  height: number;
}

/** What is asked for until an element has been put into the page. */
const UNPLACED: Seen = { width: 640, height: 360 };
/** An element that nobody has put into the page for this long is not shown. */
const PLACE_MS = 10_000;

/** Watches an element. `changed` hears of other sizes; `stop` ends it. */
export class Sight {
  seen: Seen = UNPLACED;
  private placed = false;
  private intersects = false;
  private timer: ReturnType<typeof setTimeout>;
  private observers: { disconnect(): void }[] = [];

  constructor(private element: HTMLElement, private changed: () => void) {
    this.timer = setTimeout(() => this.place(), PLACE_MS);
    const intersections = new IntersectionObserver((entries) => {
      this.intersects = entries[entries.length - 1].isIntersecting;
      this.look();
    });
    intersections.observe(element);
    const sizes = new ResizeObserver(() => this.look());
    sizes.observe(element);
    this.observers.push(intersections, sizes);
    document.addEventListener("visibilitychange", this.look);
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const one of this.observers.splice(0)) one.disconnect();
    document.removeEventListener("visibilitychange", this.look);
  }

  private place(): void {
    this.placed = true;
    this.look();
  }

  private readonly look = (): void => {
    this.placed ||= this.element.isConnected;
    if (!this.placed) return;
    const visible = this.intersects && this.element.isConnected && document.visibilityState !== "hidden";
    const pixels = (length: number): number => (visible ? Math.ceil((length * (globalThis.devicePixelRatio || 1)) / 16) * 16 : 0);
    const now = { width: pixels(this.element.clientWidth), height: pixels(this.element.clientHeight) };
    if (now.width === this.seen.width && now.height === this.seen.height) return;
    this.seen = now;
    this.changed();
  };
}
