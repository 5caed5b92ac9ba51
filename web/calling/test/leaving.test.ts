// What the others hear and see of a page that hangs up while the server cannot be reached, in simulated time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalAudioStream } from "../src/media/localaudiostream";
import { LocalVideoStream } from "../src/media/localvideostream";
import { FakeConnection } from "./fakeconnection";
import { FakeMediaStream, FakeTrack, newest, settle } from "./fakes";
import { begin, finish, grant, inRoom, pass } from "./room";

(globalThis as any).MediaStream = FakeMediaStream;

test("who has hung up is neither heard nor seen, though the server does not know it yet", async () => {
  begin();
  const { agent, call } = await inRoom([]);
  const sound = Object.assign(new FakeTrack("own", "audio"), { enabled: true });
  const picture = new FakeTrack("camera");
  await call.startAudio(new LocalAudioStream(new FakeMediaStream([sound]) as never));
  const started = call.startVideo(new LocalVideoStream(new FakeMediaStream([picture]) as never));
  await settle();
  await grant("media.state");
  await started;
  const connection = FakeConnection.newest();
  assert.deepEqual([connection.sound, connection.picture, sound.enabled], [sound, picture, true]);
  newest().drop();
  const gone = call.hangUp();
  await settle();
  assert.deepEqual([call.state, connection.picture, sound.enabled], ["Disconnecting", null, false]);
  await pass(6_000);
  await gone;
  assert.deepEqual([call.state, connection.closed, sound.enabled, sound.readyState], ["Disconnected", true, true, "live"], "the track is the application's again");
  await finish(agent);
});

test("a page that is left says goodbye, without a socket where the browser has closed that before, as Firefox", async () => {
  const said: [string, string][] = [];
  const page = globalThis as any;
  for (const [lost, persisted, frames, beacons] of [
    [false, false, 1, 0],
    [true, false, 0, 1],
    [true, true, 0, 0],
  ] as const) {
    begin();
    said.length = 0;
    let leave = (_: object): void => {};
    page.addEventListener = (event: string, listener: typeof leave) => void (event === "pagehide" && (leave = listener));
    Object.defineProperty(page, "navigator", { configurable: true, value: { sendBeacon: (...what: [string, string]) => said.push(what) > 0 } });
    const { agent } = await inRoom([]);
    const socket = newest();
    if (lost) socket.drop();
    leave({ persisted });
    assert.equal(socket.sent.filter(({ t }) => t === "bye").length, frames);
    assert.equal(said.length, beacons);
    for (const [address, text] of said) {
      assert.match(address, /^https?:\/\/.*\/client/);
      assert.deepEqual(JSON.parse(text), { t: "bye", session: "s1" });
    }
    await finish(agent);
  }
  delete page.addEventListener;
  delete page.navigator;
});
