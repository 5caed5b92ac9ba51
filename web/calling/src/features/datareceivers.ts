// Channels of data that others have opened, and their messages until the application reads them.
import { Emitter } from "../emitter";
import { identifier } from "../identifiers";
import type { Frame } from "../signalling/socket";
import type { DataChannelMessage, DataChannelReceiver } from "./types";

const IDLE_MS = 120_000;
/** Messages that wait in a channel. An application that does not read loses the oldest. */
const MAX_WAITING = 256;
/** Bytes that wait in all channels together, whoever opens how many of them: then the fullest one loses its oldest. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Channels at once: one more ends the one that has been silent for longest. */
const MAX_CHANNELS = 1_024;

export class DataReceivers {
  /** By sender and channel, who has been silent for longest first. */
  private all = new Map<string, Receiver>();

  constructor(private created: (receiver: DataChannelReceiver) => void) {}

  /** A message has come: the first of a session, another one, or the last. */
  take(message: Frame): void {
    const key = `${message.who} ${message.channel}`;
    let receiver = this.all.get(key);
    // A sender that begins anew on its channel is a new session.
    if (receiver && (receiver.session !== message.session || message.closed)) receiver = this.end(key);
    if (message.closed) return;
    const first = receiver === undefined;
    receiver ??= new Receiver(message.who, message.channel, message.session, () => this.end(key));
    this.all.delete(key);
    this.all.set(key, receiver); // now the last
    if (this.all.size > MAX_CHANNELS) this.end(this.all.keys().next().value!);
    if (first) this.created(receiver.facade);
    receiver.take({ sequenceNumber: message.n, data: decode(message.data ?? "") });
    this.bound();
  }

  /** The call is over. */
  close(): void {
    for (const key of [...this.all.keys()]) this.end(key);
  }

  private end(key: string): undefined {
    const receiver = this.all.get(key);
    this.all.delete(key);
    receiver?.close();
  }

  private bound(): void {
    const all = [...this.all.values()];
    for (let bytes = all.reduce((sum, one) => sum + one.bytes, 0); bytes > MAX_BYTES; ) {
      const fullest = all.reduce((most, one) => (one.bytes > most.bytes ? one : most));
      bytes -= fullest.drop();
    }
  }
}

class Receiver {
  readonly facade: DataChannelReceiver;
  /** Of the messages that wait. */
  bytes = 0;
  private events = new Emitter<{ messageReady: void; close: void }>();
  private waiting: DataChannelMessage[] = [];
  private timer?: ReturnType<typeof setTimeout>;

  constructor(who: string, channelId: number, readonly session: string, private idle: () => void) {
    this.facade = {
      channelId,
      senderParticipantIdentifier: identifier(who),
      readMessage: () => this.shift(),
      on: this.events.on as DataChannelReceiver["on"],
      off: this.events.off as DataChannelReceiver["off"],
    };
  }

  take(message: DataChannelMessage): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.idle, IDLE_MS);
    this.waiting.push(message);
    this.bytes += message.data.length;
    if (this.waiting.length > MAX_WAITING) this.drop();
    this.events.emit("messageReady");
  }

  /** Forgets the oldest message. It gives its length. */
  drop(): number {
    return this.shift()?.data.length ?? 0;
  }

  close(): void {
    clearTimeout(this.timer);
    this.events.emit("close");
  }

  private shift(): DataChannelMessage | undefined {
    const message = this.waiting.shift();
    this.bytes -= message?.data.length ?? 0;
    return message;
  }
}

function decode(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}
