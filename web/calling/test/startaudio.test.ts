// Streams of sound that an application gives a call: which is sent, and what is told of them.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Agent } from "../src/agent";
import { LocalAudioStream } from "../src/media/localaudiostream";
import type { Call } from "../src/types";
import { FakeConnection } from "./fakeconnection";
import { FakeMediaStream, FakeTrack, newest, settle } from "./fakes";
import { admit, begin, devices, finish, grant, greet, newAgent, ROOM } from "./room";

(globalThis as any).MediaStream = FakeMediaStream;
/** What opens a microphone, or refuses it, of those that were asked for last. */
let opening: { open(): FakeTrack; refuse(name: string): void }[] = [];
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    mediaDevices: {
      getUserMedia: () =>
        new Promise((resolve, reject) => {
          const track = new FakeTrack("microphone", "audio");
          opening.push({ open: () => (resolve(new FakeMediaStream([track])), track), refuse: (name) => reject(new DOMException("no", name)) });
        }),
    },
  },
});

const microphone = { id: "microphone:a", name: "a", isSystemDefault: true, deviceType: "Microphone" as const };
/** A stream of the application's own, and its track. */
function own(): [LocalAudioStream, FakeTrack] {
  const track = new FakeTrack("own", "audio");
  return [new LocalAudioStream(new FakeMediaStream([track]) as never), track];
}

let agent: Agent;
let call: Call;
let told: string[];
let first: [LocalAudioStream, FakeTrack];
beforeEach(async () => {
  begin();
  opening = [];
  told = [];
  first = own();
  agent = newAgent();
  void agent.open();
  await greet("s1");
  call = agent.facade.join({ roomId: ROOM }, { audioOptions: { localAudioStreams: [first[0]] } });
  call.on("localAudioStreamsUpdated", ({ added, removed }) => told.push(`+${added.length} -${removed.length}`));
  await settle();
  await admit(call, 1, []);
});
afterEach(() => finish(agent));

/** The server lets the call in whose join it has taken. */
async function admitted(call: Call, seq: number): Promise<void> {
  await grant("media.offer", { t: "media.answer", call: call.id, n: 1, sdp: "v=0" });
  FakeConnection.newest().connect();
  newest().say({ t: "call.state", seq, call: call.id, state: "Connected" });
  await settle();
}

const outcome = (work: Promise<unknown>): Promise<unknown> => work.then(() => "done", ({ code, subCode }) => `${code}/${subCode}`);
const sent = (): unknown => FakeConnection.newest().sound;

test("what comes and goes of the streams is told", async () => {
  assert.deepEqual([call.localAudioStreams, told, sent()], [[first[0]], ["+1 -0"], first[1]]);
  await call.startAudio(first[0]);
  assert.deepEqual(told, ["+1 -0"]);
  const [second, track] = own();
  await call.startAudio(second);
  assert.deepEqual([call.localAudioStreams, told, sent()], [[second], ["+1 -0", "+1 -1"], track]);
  second.dispose();
  await settle();
  assert.deepEqual([call.localAudioStreams, told, sent()], [[], ["+1 -0", "+1 -1", "+0 -1"], null]);
  await call.startAudio(first[0]);
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  assert.deepEqual([call.localAudioStreams, told.slice(3)], [[], ["+1 -0", "+0 -1"]]);
});

test("stopAudio gives the microphone back in the place of the application's sound, and changes nothing of a microphone", async () => {
  const chosen = devices as { microphone?: typeof microphone };
  chosen.microphone = microphone;
  call.stopAudio();
  await settle();
  const track = opening.at(-1)!.open();
  await settle();
  assert.deepEqual([call.localAudioStreams.map(({ source }) => source.id), told, sent()], [["microphone:a"], ["+1 -0", "+0 -1", "+1 -0"], track]);
  call.stopAudio();
  await settle();
  assert.deepEqual([opening.length, told.length, sent(), track.readyState], [1, 3, track, "live"]);
  first[0].dispose();
  await settle();
  assert.equal(sent(), track, "its stream is the call's no longer");
  call.localAudioStreams[0].dispose();
  await settle();
  assert.deepEqual([sent(), track.readyState], [null, "ended"]);
  call.stopAudio();
  await settle();
  const again = opening.at(-1)!.open();
  await settle();
  assert.equal(sent(), again);
  delete chosen.microphone;
});

test("stopAudio before the call is connected has it begin with the microphone", async () => {
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  call = agent.facade.join({ roomId: ROOM }, { audioOptions: { localAudioStreams: [own()[0]] } });
  call.stopAudio();
  await settle();
  await grant("call.join");
  const track = opening.at(-1)!.open();
  await settle();
  await admitted(call, 10);
  assert.equal(sent(), track);
});

test("stopAudio while the application's microphone opens has the call begin with the chosen one", async () => {
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  call = agent.facade.join({ roomId: ROOM }, { audioOptions: { localAudioStreams: [new LocalAudioStream({ ...microphone, id: "microphone:b" })] } });
  await settle();
  await grant("call.join");
  assert.equal(opening.length, 1);
  call.stopAudio();
  await settle();
  const tracks = opening.map((one) => one.open());
  await settle();
  await admitted(call, 10);
  assert.deepEqual([tracks.length, sent()], [2, tracks[1]]);
});

test("the microphone that is given back after another sound follows the device manager again", async () => {
  const chosen = devices as { microphone?: typeof microphone };
  chosen.microphone = microphone;
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  call = agent.facade.join({ roomId: ROOM });
  await settle();
  await grant("call.join");
  opening.at(-1)!.open();
  await settle();
  await admitted(call, 10);
  const [shown] = call.localAudioStreams;
  await call.startAudio(shown);
  assert.deepEqual([call.localAudioStreams, opening.length], [[shown], 1], "it is sent already");
  const [file, sound] = own();
  await call.startAudio(file);
  assert.deepEqual([call.localAudioStreams, sent()], [[file], sound]);
  const back = call.startAudio(shown);
  await settle();
  const asked = opening.at(-1)!.open();
  await settle();
  const again = opening.at(-1)!.open();
  await back;
  assert.deepEqual([call.localAudioStreams, sent(), asked.readyState], [[shown], again, "ended"]);
  chosen.microphone = { ...microphone, id: "microphone:b" };
  devices.events.emit("changed");
  await settle();
  const other = opening.at(-1)!.open();
  await settle();
  assert.deepEqual([call.localAudioStreams, shown.source.id, sent(), again.readyState], [[shown], "microphone:b", other, "ended"]);
  delete chosen.microphone;
});

test("a microphone that is pulled out and plugged in again is sent again", async () => {
  const started = call.startAudio(new LocalAudioStream(microphone));
  await settle();
  const track = opening.at(-1)!.open() as FakeTrack & { onended?: () => void };
  await started;
  assert.equal(sent(), track);
  track.stop();
  track.onended!();
  await settle();
  opening.at(-1)!.refuse("OverconstrainedError");
  await settle();
  assert.deepEqual([sent(), opening.length], [null, 2]);
  devices.events.emit("changed");
  await settle();
  const again = opening.at(-1)!.open();
  await settle();
  assert.deepEqual([sent(), opening.length], [again, 3]);
});

test("who has permitted the microphone meanwhile is heard when unmuting", async () => {
  first[0].dispose();
  const started = outcome(call.startAudio(new LocalAudioStream(microphone)));
  await settle();
  const track = opening.at(-1)!.open() as FakeTrack & { onended?: () => void };
  assert.equal(await started, "done");
  track.stop();
  track.onended!();
  await settle();
  opening.at(-1)!.refuse("NotAllowedError");
  await settle();
  assert.equal(sent(), null);
  const answer = async (work: Promise<void>): Promise<void> => {
    await settle();
    newest().say({ t: "ok", re: newest().last("media.state").id });
    await work;
    await settle();
  };
  await answer(call.mute());
  await answer(call.unmute());
  const again = opening.at(-1)!.open();
  await settle();
  assert.deepEqual([sent(), again.enabled, opening.length], [again, true, 3]);
});

test("a microphone that cannot be opened is refused, and what was sent goes on", async () => {
  for (const [name, code] of [["NotAllowedError", "403/43001"], ["NotFoundError", "412/43013"]]) {
    const started = outcome(call.startAudio(new LocalAudioStream(microphone)));
    await settle();
    opening.at(-1)!.refuse(name);
    assert.equal(await started, code);
    assert.deepEqual([call.localAudioStreams, told, sent()], [[first[0]], ["+1 -0"], first[1]]);
  }
});

test("of sounds that are asked for one after the other the last holds, though it opened first", async () => {
  const late = outcome(call.startAudio(new LocalAudioStream(microphone)));
  await settle();
  const [second, track] = own();
  await call.startAudio(second);
  opening[0].open();
  await settle();
  assert.deepEqual([await late, call.localAudioStreams, sent()], ["410/0", [second], track]);
  const stopped = outcome(call.startAudio(new LocalAudioStream({ ...microphone, id: "microphone:b" })));
  await settle();
  call.stopAudio();
  opening[1].open();
  await settle();
  assert.equal(await stopped, "410/0");
  const back = opening[2].open();
  await settle();
  assert.equal(sent(), back);
});

test("a microphone that opens after the end of the call is closed", async () => {
  const late = outcome(call.startAudio(new LocalAudioStream(microphone)));
  await settle();
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  const track = opening[0].open();
  assert.deepEqual([await late, track.readyState], ["410/0", "ended"]);
});

test("a stream that is disposed of is not sent any more", async () => {
  first[0].dispose();
  await settle();
  assert.deepEqual([call.localAudioStreams, told, sent()], [[], ["+1 -0", "+0 -1"], null]);
});
