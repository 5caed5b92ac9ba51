// Transfer of the other in a call of two.
import type { CallCore } from "../calls/call";
import { contextOf } from "../calls/customcontext";
import { Emitter } from "../emitter";
import { coded, failure } from "../errors";
import { rawId } from "../identifiers";
import type { Made } from "./made";
import type { Transfer, TransferCallFeature, TransferErrorCode, TransferEventArgs, TransferState, TransferToCallLocator, TransferToParticipantLocator, TransferToParticipantOptions } from "./types";

export function transfer(call: CallCore): Made<TransferCallFeature> {
  const events = new Emitter<{ transferAccepted: TransferEventArgs }>();
  // Who is transferred keeps its call: the target takes the other's place in it.
  call.inner.on("message", (message) => {
    if (message.t !== "call.transferred") return;
    events.emit("transferAccepted", { targetCall: call.facade });
    // Microsoft's UI library shows that somebody is being transferred for as long as there is a call with the id of targetCall in a transferred one.
    call.rename();
  });
  return {
    name: "Transfer",
    transfer: (target: TransferToParticipantLocator | TransferToCallLocator, options?: TransferToParticipantOptions) => begin(call, target, options),
    on: events.on as TransferCallFeature["on"],
    off: events.off as TransferCallFeature["off"],
  };
}

function begin(call: CallCore, target: TransferToParticipantLocator | TransferToCallLocator, options?: TransferToParticipantOptions): Transfer {
  const { targetParticipant, targetCallId } = (target ?? {}) as Partial<TransferToParticipantLocator & TransferToCallLocator>;
  if (!targetParticipant && !targetCallId) throw failure(400, 0, "a transfer needs targetParticipant or targetCallId");
  const whither = targetParticipant ? { to: rawId(targetParticipant) } : { toCall: call.context.idOf(targetCallId!) };
  const customContext = contextOf(options?.customContext);
  const events = new Emitter<{ stateChanged: void }>();
  let state: TransferState = "None";
  let error: TransferErrorCode | undefined;
  const move = (next: TransferState, why?: TransferErrorCode): void => {
    if (next === state) return;
    state = next;
    error = why;
    events.emit("stateChanged");
  };
  const listen = (message: { t: string; state?: TransferState; code?: number; subCode?: number }): void => {
    if (message.t !== "call.transfer" || !message.state) return;
    move(message.state, message.state === "Failed" ? { code: message.code ?? 500, subCode: message.subCode } : undefined);
    if (message.state !== "Transferring") leave();
  };
  /** Nothing follows any more. */
  const ended = (): void => fail(call.endReason?.code || 410, call.endReason?.subCode);
  const leave = (): void => {
    call.inner.off("message", listen);
    call.inner.off("over", ended);
  };
  const fail = (code: number, subCode?: number): void => {
    leave();
    move("Failed", { code, subCode });
  };
  call.inner.on("message", listen);
  call.inner.on("over", ended);
  queueMicrotask(() => {
    if (state !== "None") return; // the call is over
    move("Transferring");
    call.ask("call.transfer", { ...whither, customContext }).catch((failed) => {
      const { code, subCode } = coded(failed, 500, 0);
      if (state === "Transferring") fail(code, subCode);
    });
  });
  return {
    get state() {
      return state;
    },
    get error() {
      return error;
    },
    on: events.on as Transfer["on"],
    off: events.off as Transfer["off"],
  };
}
