// How large an element is on the user's screen, so that no more is received than is seen.

/** In pixels of the screen; 0 while it is hidden. */
export interface Seen {
  width: number;
  height: number;
}

/** What is asked for until an element has been put into the page. */
const UNPLACED: Seen = { width: 640, height: 360 };
const NOTHING: Seen = { width: 0, height: 0 };
/** An element that nobody has put into the page for this long after its first picture is not shown. */
const PLACE_MS = 10_000;

/** Watches an element. `changed` hears of other sizes; `stop` ends it. */
export class Sight {
  seen: Seen = UNPLACED;
  /** The window of the browser that shows its pictures, also while the page is hidden (W3C picture-in-picture). */
  private floating?: Seen;
  private placed = false;
  private over = false;
  private intersects = false;
  private timer?: ReturnType<typeof setTimeout>;
  private observers: { disconnect(): void }[] = [];

  constructor(private element: HTMLElement, private changed: () => void) {
    const intersections = new IntersectionObserver((entries) => {
      this.intersects = entries[entries.length - 1].isIntersecting;
      this.look();
    });
    intersections.observe(element);
    const sizes = new ResizeObserver(() => this.look());
    sizes.observe(element);
    this.observers.push(intersections, sizes);
    document.addEventListener("visibilitychange", this.look);
    element.addEventListener("enterpictureinpicture", this.float);
    element.addEventListener("leavepictureinpicture", this.land);
  }

  /** The first picture has come: pages put the element into the page after that, however long it takes. */
  begin(): void {
    if (!this.over) this.timer = setTimeout(() => this.place(), PLACE_MS);
  }

  stop(): void {
    this.over = true;
    clearTimeout(this.timer);
    for (const one of this.observers.splice(0)) one.disconnect();
    document.removeEventListener("visibilitychange", this.look);
    this.element.removeEventListener("enterpictureinpicture", this.float);
    this.element.removeEventListener("leavepictureinpicture", this.land);
  }

  private readonly float = (event: Event): void => {
    const { pictureInPictureWindow } = event as PictureInPictureEvent;
    this.floating = pictureInPictureWindow;
    if (pictureInPictureWindow) pictureInPictureWindow.onresize = this.look;
    this.look();
  };

  private readonly land = (): void => {
    this.floating = undefined;
    this.look();
  };

  private place(): void {
    this.placed = true;
    this.look();
  }

  private readonly look = (): void => {
    this.placed ||= this.element.isConnected;
    if (!this.placed) return;
    const { element, floating } = this;
    // An application may have moved it into another window.
    const inPage = this.intersects && element.isConnected && element.ownerDocument.visibilityState !== "hidden";
    const visible = floating ?? (inPage ? { width: element.clientWidth, height: element.clientHeight } : NOTHING);
    const pixels = (length: number): number => Math.ceil((length * (globalThis.devicePixelRatio || 1)) / 16) * 16;
    const now = { width: pixels(visible.width), height: pixels(visible.height) };
    if (now.width === this.seen.width && now.height === this.seen.height) return;
    this.seen = now;
    this.changed();
  };
}
