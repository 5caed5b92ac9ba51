// Streams of an application that two calls send, one of which is held, in simulated time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalAudioStream } from "../src/media/localaudiostream";
import { LocalVideoStream } from "../src/media/localvideostream";
import { FakeConnection } from "./fakeconnection";
import { FakeMediaStream, FakeTrack, newest, settle } from "./fakes";
import { admit, begin, finish, grant, greet, newAgent, pass, ROOM } from "./room";

(globalThis as any).MediaStream = FakeMediaStream;
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: { mediaDevices: { getUserMedia: async ({ video }: MediaStreamConstraints) => new FakeMediaStream([video ? new FakeTrack("camera") : new FakeTrack("microphone", "audio")]) } },
});
const microphone = { id: "microphone:a", name: "a", isSystemDefault: true, deviceType: "Microphone" as const };
const camera = { id: "camera:a", name: "a", deviceType: "UsbCamera" as const };
const GROUP = "11111111-2222-4333-8444-555555555555";

test("the call that is talked in is heard and seen though another one is held, or ends, with the same streams", async () => {
  begin();
  const agent = newAgent();
  void agent.open();
  await greet("s1");
  const sound = new LocalAudioStream(microphone);
  const pictures = new LocalVideoStream(camera);
  const options = { audioOptions: { localAudioStreams: [sound] }, videoOptions: { localVideoStreams: [pictures] } };
  const first = agent.facade.join({ roomId: ROOM }, options);
  await settle();
  await admit(first, 1, []);
  await grant("media.state");
  const one = FakeConnection.newest();
  const second = agent.facade.join({ groupId: GROUP }, options);
  await settle();
  await admit(second, 5, []);
  await grant("media.state");
  const other = FakeConnection.newest();
  assert.equal(newest().last("call.hold").call, first.id);
  await grant("call.hold");
  newest().say({ t: "call.state", seq: 9, call: first.id, state: "LocalHold" });
  await settle();
  const heard = (connection: FakeConnection): boolean => (connection.sound as FakeTrack).enabled;
  assert.deepEqual([first.state, heard(one), heard(other)], ["LocalHold", false, true]);
  assert.deepEqual([one.picture, (other.picture as FakeTrack).label], [null, "camera"]);

  newest().say({ t: "call.ended", seq: 10, call: first.id, code: 0, subCode: 0 });
  await pass(3_000);
  const live = (): string[] => [other.sound, other.picture].map((track) => (track as FakeTrack | null)?.readyState ?? "nothing");
  assert.deepEqual([second.localAudioStreams, second.localVideoStreams, live()], [[sound], [pictures], ["live", "live"]]);
  const sent = other.sound as FakeTrack;
  newest().say({ t: "call.ended", seq: 11, call: second.id, code: 0, subCode: 0 });
  await pass(3_000);
  const [mine] = (await sound.getMediaStream()).getTracks();
  assert.deepEqual([sent.readyState, mine !== (sent as unknown)], ["ended", true], "the last call has closed them");
  sound.dispose();
  await finish(agent);
});
