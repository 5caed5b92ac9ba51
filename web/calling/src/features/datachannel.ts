// Messages of applications between the clients of a call, carried by the server.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { rawIds } from "../identifiers";
import { DataReceivers } from "./datareceivers";
import type { Made } from "./made";
import type { DataChannelCallFeature, DataChannelReceiver, DataChannelSender, DataChannelSenderOptions } from "./types";

const MAX_MESSAGE = 32 * 1024;
const MAX_RECIPIENTS = 64;

export function dataChannel(call: CallCore): Made<DataChannelCallFeature> {
  const events = new Emitter<{ dataChannelReceiverCreated: DataChannelReceiver }>();
  const receivers = new DataReceivers((receiver) => events.emit("dataChannelReceiverCreated", receiver));
  call.inner.on("message", (message) => message.t === "data" && receivers.take(message));
  call.inner.on("over", () => receivers.close());
  const senders = new Map<number, () => void>();
  return {
    name: "DataChannel",
    createDataChannelSender: (options) => {
      if (!options) throw failure(400, 0, "a sender of data needs its options");
      const channelId = options.channelId ?? free(senders);
      if (!Number.isInteger(channelId) || channelId < 1 || channelId > 65_535) throw failure(400, 0, "channelId is a number from 1 to 65535");
      const sender = makeSender(call, channelId, options, () => senders.delete(channelId));
      senders.get(channelId)?.();
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
  let to = recipients(options.participants);
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
  const ids = rawIds(people ?? []);
  if (ids.length > MAX_RECIPIENTS) throw failure(400, 0, `a sender has ${MAX_RECIPIENTS} participants at most`);
  return ids;
}

function encode(data: Uint8Array): string {
  let text = "";
  for (let i = 0; i < data.length; i += 0x2000) text += String.fromCharCode(...data.subarray(i, i + 0x2000));
  return btoa(text);
}
