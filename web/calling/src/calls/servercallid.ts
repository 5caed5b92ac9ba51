// The server's name for a call (serverCallId). It comes when the call is connected; a server
// that has lost the call has another one later.
import { deferred } from "../deferred";
import { failure } from "../errors";

export class ServerName {
  private name = deferred<string>();

  /** Waits for it; it rejects if the call ends before. */
  get known(): Promise<string> {
    return this.name.promise;
  }

  is(name: string): void {
    this.name.resolve(name);
    this.name = deferred();
    this.name.resolve(name);
  }

  /** Who waits for the name gets the next one. */
  forget(): void {
    const before = this.name;
    this.name = deferred();
    this.name.promise.then(before.resolve, before.reject);
  }

  /** The call is over. */
  close(): void {
    this.name.reject(failure(404, 0, "the call is over"));
  }
}
