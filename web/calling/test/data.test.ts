// Messages of applications, and texts that are typed.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Features } from "../src/features/names";
import type { DataChannelReceiver } from "../src/features/types";
import { asked, besideBob, bob, BOB, call, hear } from "./besidebob";
import { newest, settle } from "./fakes";
import { pass } from "./room";

besideBob();

test("a channel of data ends when its sender does, or is silent for two minutes", async () => {
  const sender = call.feature(Features.DataChannel).createDataChannelSender({ channelId: 3, priority: "Normal", reliability: "Durable" });
  sender.setParticipants([bob]);
  const { session: _, ...sent } = await asked(sender.sendMessage(new Uint8Array([7])), "data.send");
  assert.deepEqual(sent, { t: "data.send", channel: 3, to: [BOB.id], n: 1, data: btoa("\x07") });
  sender.close();
  await settle();
  assert.equal(newest().last("data.send").closed, true);
  const told: string[] = [];
  call.feature(Features.DataChannel).on("dataChannelReceiverCreated", (receiver) => {
    told.push(`channel ${receiver.channelId}`);
    receiver.on("messageReady", () => told.push(String(receiver.readMessage()?.data)));
    receiver.on("close", () => told.push("closed"));
  });
  const data = { t: "data", who: BOB.id, channel: 9, session: "a", n: 1, data: btoa("\x01\x02") };
  hear(data);
  hear({ ...data, n: 2, data: undefined, closed: true });
  hear({ ...data, session: "b" });
  await pass(121_000);
  assert.deepEqual(told, ["channel 9", "1,2", "closed", "channel 9", "1,2", "closed"]);
});

test("messages that nobody reads are bounded, in all channels together", async () => {
  const receivers: DataChannelReceiver[] = [];
  call.feature(Features.DataChannel).on("dataChannelReceiverCreated", (one) => receivers.push(one));
  const data = btoa("x".repeat(256 * 1024));
  for (let n = 1; n <= 20; n++) for (const channel of [1, 2, 3, 4]) hear({ t: "data", who: BOB.id, channel, session: "a", n, data });
  let bytes = 0;
  for (const one of receivers) for (let message; (message = one.readMessage()); ) bytes += message.data.length;
  assert.equal(bytes, 16 * 1024 * 1024);
  for (let channel = 5; channel <= 2_000; channel++) hear({ t: "data", who: BOB.id, channel, session: "a", n: 1, data: btoa("x") });
  assert.equal(receivers.length, 2_000);
  const open = receivers.filter((one) => one.readMessage() !== undefined);
  assert.equal(open.length, 1_996);
  let closed = 0;
  for (const one of receivers) one.on("close", () => closed++);
  hear({ t: "call.ended", code: 0, subCode: 0 });
  assert.equal(closed, 1_024);
});

test("texts that are never final are as many as there are people", () => {
  const typed: Date[] = [];
  const feature = call.feature(Features.RealTimeText);
  feature.on("realTimeTextReceived", ({ receivedTimestamp }) => typed.push(receivedTimestamp));
  const text = (n: number): void => hear({ t: "text", who: BOB.id, n, text: "a", final: false });
  text(1);
  mock.timers.tick(10);
  text(1);
  text(2);
  text(1);
  assert.deepEqual(typed.map((time) => time.getTime() - typed[0].getTime()), [0, 0, 10, 10], "more than one text of a person is kept");
});

test("two people who type at once have texts with numbers of their own", async () => {
  const feature = call.feature(Features.RealTimeText);
  const told: string[] = [];
  feature.on("realTimeTextReceived", ({ sequenceId, text, resultType }) => told.push(`${sequenceId} ${text} ${resultType}`));
  hear({ t: "text", who: BOB.id, n: 1, text: "he", final: false });
  await asked(feature.sendRealTimeText("so"), "text.send");
  hear({ t: "text", who: "8:acs:eve", n: 1, text: "ye", final: false });
  hear({ t: "text", who: BOB.id, n: 1, text: "hello", final: true });
  await asked(feature.sendRealTimeText("so?", true), "text.send");
  hear({ t: "text", who: BOB.id, n: 2, text: "again", final: true });
  hear({ t: "text", who: "8:acs:eve", n: 1, text: "yes", final: true });
  assert.deepEqual(told, ["1 he Partial", "2 so Partial", "3 ye Partial", "1 hello Final", "2 so? Final", "4 again Final", "3 yes Final"]);
});
