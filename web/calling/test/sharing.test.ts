// The sound of a shared screen, in simulated time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeConnection } from "./fakeconnection";
import { FakeMediaStream, FakeTrack, newest, settle } from "./fakes";
import { begin, finish, inRoom } from "./room";

const page = globalThis as any;
page.MediaStream = FakeMediaStream;
/** Each mixture that was made, and what becomes of it. */
const mixed: FakeTrack[] = [];
page.AudioContext = class {
  state = "running";
  createMediaStreamDestination = (): object => ({ stream: new FakeMediaStream([(mixed.push(new FakeTrack("mixed", "audio")), mixed.at(-1)!)]) });
  createMediaStreamSource = (): object => ({ connect: () => {} });
  resume = async (): Promise<void> => {};
  close = async (): Promise<void> => {
    if (this.state === "closed") throw new DOMException("closed twice", "InvalidStateError");
    this.state = "closed";
  };
};
let screens: FakeTrack[] = [];
/** What the browser was asked for. */
let wanted: any;
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    mediaDevices: {
      getUserMedia: async () => new FakeMediaStream([new FakeTrack("microphone", "audio")]),
      getDisplayMedia: async (asked: unknown) => (wanted = asked) && new FakeMediaStream((screens = [new FakeTrack("screen"), new FakeTrack("tab", "audio")])),
    },
  },
});

/** The server does what it is asked for, until it is asked no more. */
async function grantAll(): Promise<void> {
  await settle();
  const open = (): { id?: string }[] => newest().sent.filter(({ id, t }) => t === "media.state" && !granted.has(id));
  for (; open().length > 0; await settle()) {
    for (const { id } of open()) newest().say({ t: "ok", re: (granted.add(id), id) });
  }
}
const granted = new Set<unknown>();

const told = (): unknown[] => newest().sent.filter(({ t, screenSound }) => t === "media.state" && screenSound !== undefined).map(({ screenSound }) => screenSound);

test("the sound of a screen that is shared for an instant does not stay", async () => {
  begin();
  granted.clear();
  const lines: string[] = [];
  const { agent, call } = await inRoom([], undefined, (line) => lines.push(line));
  call.on("isScreenSharingOnChanged", () => call.isScreenSharingOn && void call.stopScreenSharing());
  const started = call.startScreenSharing();
  await grantAll();
  await started;
  assert.equal(told().at(-1) ?? false, false, `told ${told()}`);
  assert.ok(screens.every(({ readyState }) => readyState === "ended"));
  assert.ok(mixed.every(({ readyState }) => readyState === "ended"));
  assert.equal((FakeConnection.newest().sound as FakeTrack).label, "microphone");
  await finish(agent);
  assert.deepEqual(lines, []);
});

test("a call that ends while a screen is shared with its sound says nothing of errors", async () => {
  begin();
  granted.clear();
  const lines: string[] = [];
  const { agent, call } = await inRoom([], undefined, (line) => lines.push(line));
  const started = call.startScreenSharing();
  await grantAll();
  await started;
  assert.deepEqual([told(), FakeConnection.newest().sound], [[true], mixed.at(-1)]);
  assert.deepEqual(wanted.audio, { restrictOwnAudio: true }, "others do not hear themselves");
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  await finish(agent);
  assert.deepEqual([lines, mixed.at(-1)?.readyState], [[], "ended"]);
});
