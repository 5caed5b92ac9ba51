// An attempt to begin something that takes several steps, and may be called off during any of them.
import { deferred } from "../deferred";

export class Attempt {
  private off = deferred<never>();
  private isOff = false;

  /** `why` is what the steps reject with once it is called off. */
  constructor(private why: () => Error) {}

  callOff(): void {
    this.isOff = true;
    this.off.reject(this.why());
  }

  /** Waits for a step, or until the attempt is called off. */
  async step<T>(work: Promise<T>): Promise<T> {
    const done = await Promise.race([work, this.off.promise]);
    if (this.isOff) throw this.why();
    return done;
  }
}
