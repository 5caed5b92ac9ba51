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
