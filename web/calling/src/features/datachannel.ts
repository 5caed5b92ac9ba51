// Messages of applications between the clients of a call, carried by the server.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { identifier, rawId } from "../identifiers";
import type { DataChannelCallFeature, DataChannelMessage, DataChannelReceiver, DataChannelSender, DataChannelSenderOptions } from "./types";

const MAX_MESSAGE = 32 * 1024;
const MAX_RECIPIENTS = 64;
const MAX_WAITING = 256;
const IDLE_MS = 120_000;

export function dataChannel(call: CallCore): DataChannelCallFeature {
  const events = new Emitter<{ dataChannelReceiverCreated: DataChannelReceiver }>();
  const receivers = new Map<string, Receiver>();
  call.inner.on("message", (message) => {
    if (message.t !== "data") return;
    const key = `${message.who} ${message.channel}`;
    let receiver = receivers.get(key);
    // A sender that begins anew on its channel is a new session.
    if (receiver && receiver.session !== message.session) receiver = drop(key);
    if (message.closed) return void drop(key);
    if (!receiver) {
      receivers.set(key, (receiver = new Receiver(message.who, message.channel, message.session, () => drop(key))));
      events.emit("dataChannelReceiverCreated", receiver.facade);
    }
    receiver.take(message.n, decode(message.data ?? ""));
  });
  call.inner.on("over", () => [...receivers.keys()].forEach(drop));
  function drop(key: string): undefined {
    const receiver = receivers.get(key);
    receivers.delete(key);
    receiver?.close();
    return undefined;
  }
  const senders = new Map<number, () => void>();
  return {
    name: "DataChannel",
    createDataChannelSender: (options) => {
      if (!options) throw failure(400, 0, "a sender of data needs its options");
      const channelId = options.channelId ?? free(senders);
      if (!Number.isInteger(channelId) || channelId < 1 || channelId > 65_535) throw failure(400, 0, "channelId is a number from 1 to 65535");
      senders.get(channelId)?.();
      const sender = makeSender(call, channelId, options, () => senders.delete(channelId));
      senders.set(channelId, sender.close);
      return sender;
    },
    on: events.on as DataChannelCallFeature["on"],
    off: events.off as DataChannelCallFeature["off"],
  };
}

function free(senders: Map<number, unknown>): number {
  let id = 1000;
  while (senders.has(id)) id++;
  return id;
}

function makeSender(call: CallCore, channelId: number, options: DataChannelSenderOptions, closed: () => void): DataChannelSender {
  const session = crypto.randomUUID();
  let to = recipients(options.participants ?? []);
  let n = 0;
  let over = false;
  const members = (): object => ({ channel: channelId, session, to });
  return {
    channelId,
    maxMessageSize: MAX_MESSAGE,
    setParticipants: (participants) => {
      to = recipients(participants);
    },
    sendMessage: async (data) => {
      if (over) throw failure(400, 0, "the sender is closed");
      if (!(data instanceof Uint8Array) || data.length > MAX_MESSAGE) throw failure(400, 0, `a message is a Uint8Array of ${MAX_MESSAGE} bytes at most`);
      await call.ask("data.send", { ...members(), n: ++n, data: encode(data) });
    },
    close: () => {
      if (over) return;
      over = true;
      closed();
      call.ask("data.send", { ...members(), n: ++n, closed: true }).catch(() => {});
    },
  };
}

function recipients(people: DataChannelSenderOptions["participants"]): string[] {
  if (people!.length > MAX_RECIPIENTS) throw failure(400, 0, `a sender has ${MAX_RECIPIENTS} participants at most`);
  return people!.map(rawId);
}

class Receiver {
  readonly facade: DataChannelReceiver;
  private events = new Emitter<{ messageReady: void; close: void }>();
  private waiting: DataChannelMessage[] = [];
  private timer?: ReturnType<typeof setTimeout>;

  constructor(who: string, channelId: number, readonly session: string, private idle: () => void) {
    this.facade = {
      channelId,
      senderParticipantIdentifier: identifier(who),
      readMessage: () => this.waiting.shift(),
      on: this.events.on as DataChannelReceiver["on"],
      off: this.events.off as DataChannelReceiver["off"],
    };
  }

  /** An application that does not read loses the oldest. */
  take(sequenceNumber: number, data: Uint8Array): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.idle, IDLE_MS);
    this.waiting.push({ sequenceNumber, data });
    if (this.waiting.length > MAX_WAITING) this.waiting.shift();
    this.events.emit("messageReady");
  }

  close(): void {
    clearTimeout(this.timer);
    this.events.emit("close");
  }
}

function encode(data: Uint8Array): string {
  let text = "";
  for (let i = 0; i < data.length; i += 0x2000) text += String.fromCharCode(...data.subarray(i, i + 0x2000));
  return btoa(text);
}

function decode(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
