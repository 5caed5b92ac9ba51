// A call that rings here.
//
//   ringing ──accept──▶ accepted
//      ├──reject──▶ rejected
//      └──incoming.ended──▶ ended
//
// callEnded follows in each case: of an accepted one, when its call is over.
import { Emitter } from "../emitter";
import { coded, endReason, failure } from "../errors";
import { identifier } from "../identifiers";
import type { AcceptCallOptions, Call, CallEndReason, CallerInfo, CustomContext, IncomingCall } from "../types";
import type { Frame } from "../signalling/socket";
import { mediaOf } from "./beginnings";
import type { CallBeginning } from "./callcontext";

export interface IncomingOptions {
  /** Makes the call and tells the server; it rejects if somebody else was first. */
  accept(beginning: CallBeginning): Promise<Call>;
  reject(id: string): Promise<void>;
}

export class Incoming {
  readonly facade: IncomingCall;
  readonly id: string;
  private state: "ringing" | "accepted" | "rejected" | "ended" = "ringing";
  private endReason?: CallEndReason;
  private events = new Emitter<{ callEnded: { callEndReason: CallEndReason }; callerInfoChanged: void; transferorInfoChanged: void }>();
  private caller: CallerInfo;

  constructor(private message: Frame, private options: IncomingOptions) {
    this.id = message.call;
    this.caller = { identifier: identifier(message.from), displayName: message.displayName };
    this.facade = this.makeFacade();
  }

  /** It rings no longer. */
  end(code: number, subCode: number, text?: string): void {
    if (this.endReason) return;
    this.state = this.state === "ringing" ? "ended" : this.state;
    this.endReason = endReason(code, subCode, text);
    this.events.emit("callEnded", { callEndReason: this.endReason });
  }

  private async accept(accepted?: AcceptCallOptions): Promise<Call> {
    if (this.state !== "ringing") throw failure(400, 41006, "the call rings no longer");
    const beginning: CallBeginning = { id: this.id, direction: "Incoming", caller: this.caller, to: [this.message.from], ...mediaOf(accepted ?? {}) };
    this.state = "accepted";
    try {
      return await this.options.accept(beginning);
    } catch (error) {
      throw coded(error, 400, 41006);
    }
  }

  private async reject(): Promise<void> {
    if (this.state !== "ringing") throw failure(400, 41007, "the call rings no longer");
    this.state = "rejected";
    try {
      await this.options.reject(this.id);
    } catch (error) {
      throw coded(error, 400, 41007);
    }
  }

  private makeFacade(): IncomingCall {
    const self = this;
    const customContext = this.message.customContext as CustomContext | undefined;
    return {
      kind: "IncomingCall",
      id: this.id,
      // What is known of a call that rings does not change; of one that was accepted, Call.info tells.
      info: {
        groupId: undefined,
        threadId: undefined,
        participantId: "",
        getServerCallId: () => Promise.reject(failure(412, 0, "the call is not accepted")),
        onCallInfoChanged: () => {},
        offCallInfoChanged: () => {},
      },
      callerInfo: this.caller,
      transferorInfo: undefined,
      customContext,
      get callEndReason() {
        return self.endReason;
      },
      accept: (accepted) => self.accept(accepted),
      reject: () => self.reject(),
      on: self.events.on as IncomingCall["on"],
      off: self.events.off as IncomingCall["off"],
    };
  }
}
