// The serverCallId of a call: what the server calls it. It comes when the call is connected; a server
// that has lost the call has another one later.
import { deferred } from "../deferred";
import { failure } from "../errors";

export class ServerCallId {
  private id = deferred<string>();

  /** Waits for it; it rejects if the call ends before. */
  get known(): Promise<string> {
    return this.id.promise;
  }

  set(id: string): void {
    this.id.resolve(id);
    this.id = deferred();
    this.id.resolve(id);
  }

  /** Who waits for it gets the next one. */
  forget(): void {
    const before = this.id;
    this.id = deferred();
    this.id.promise.then(before.resolve, before.reject);
  }

  /** The call is over. */
  close(): void {
    this.id.reject(failure(404, 0, "the call is over"));
  }
}
