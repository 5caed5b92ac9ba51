// Plays the sound of a call through a media element, on the chosen device.

type Element = HTMLAudioElement & { setSinkId?(id: string): Promise<void> };

/** Gestures after which browsers allow sound (autoplay rules). */
const GESTURES = ["pointerdown", "keydown", "touchend"];

export class Speaker {
  private element?: Element;
  private device = "";
  private choosing: Promise<void> = Promise.resolve();
  private muted = false;
  private waiting = false;

  constructor(private log: (line: string) => void) {}

  /** Plays a stream; once more, if there is another track in it. */
  play(stream: MediaStream): void {
    const element = (this.element ??= this.make());
    element.srcObject = stream;
    this.begin();
  }

  /** Chooses the device, by its browser id; "" is the system's. Of choices one after the other the last holds: browsers do not keep their order. */
  choose(device: string): Promise<void> {
    this.device = device;
    this.choosing = this.choosing.catch(() => {}).then(() => (device === this.device ? this.element?.setSinkId?.(device) : undefined));
    return this.choosing;
  }

  /** Silences the element; the sound is still received. */
  mute(muted: boolean): void {
    this.muted = muted;
    if (this.element) this.element.muted = muted;
  }

  stop(): void {
    this.forgetGestures();
    if (!this.element) return;
    this.element.pause();
    this.element.srcObject = null;
    this.element.remove();
    this.element = undefined;
  }

  private make(): Element {
    const element = document.createElement("audio") as Element;
    element.autoplay = true;
    element.muted = this.muted;
    element.style.display = "none";
    document.body?.appendChild(element);
    if (this.device) this.choose(this.device).catch((error) => this.log(`speaker: ${error}`));
    return element;
  }

  /** Starts to play; if the browser wants a gesture of the user first, with the next one. */
  private readonly begin = (): void => {
    this.element?.play().then(this.forgetGestures, (error) => {
      if (error?.name !== "NotAllowedError" || this.waiting) return;
      this.log("speaker: the browser plays sound after the next click or key");
      this.waiting = true;
      for (const gesture of GESTURES) document.addEventListener(gesture, this.begin, { capture: true });
    });
  };

  private readonly forgetGestures = (): void => {
    if (!this.waiting) return;
    this.waiting = false;
    for (const gesture of GESTURES) document.removeEventListener(gesture, this.begin, { capture: true });
  };
}
