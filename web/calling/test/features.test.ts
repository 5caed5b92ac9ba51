// What the features of a call ask of the server, and what they tell of its messages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordingState } from "../src/features/types";
import { Features } from "../src/features/names";
import { Devices } from "../src/media/devices";
import { LocalAudioStream } from "../src/media/localaudiostream";
import { agent, asked, besideBob, bob, BOB, call, hear } from "./besidebob";
import { FakeConnection } from "./fakeconnection";
import { newest } from "./fakes";
import { pass } from "./room";

besideBob();

test("hands", async () => {
  const hands = call.feature(Features.RaiseHand);
  const told: string[] = [];
  hands.on("raisedHandEvent", ({ identifier }) => told.push(`raised ${(identifier as typeof bob).communicationUserId}`));
  hands.on("loweredHandEvent", ({ identifier }) => told.push(`lowered ${(identifier as typeof bob).communicationUserId}`));
  assert.deepEqual(await asked(hands.raiseHand(), "hand.raise"), { t: "hand.raise" });
  assert.deepEqual(await asked(hands.lowerHand(), "hand.lower"), { t: "hand.lower" });
  assert.deepEqual(await asked(hands.lowerHands([bob]), "hand.lower"), { t: "hand.lower", who: [BOB.id] });
  assert.deepEqual(await asked(hands.lowerAllHands(), "hand.lower"), { t: "hand.lower", all: true });
  hear({ t: "hands", raised: [{ id: BOB.id, order: 1 }] });
  assert.deepEqual(hands.getRaisedHands().map(({ order }) => order), [1]);
  hear({ t: "hands", raised: [] });
  assert.deepEqual(told, [`raised ${BOB.id}`, `lowered ${BOB.id}`]);
});

test("spotlight", async () => {
  const spotlight = call.feature(Features.Spotlight);
  const told: string[] = [];
  spotlight.on("spotlightChanged", ({ added, removed }) => told.push(`${added.length} ${removed.length}`));
  assert.deepEqual(await asked(spotlight.startSpotlight([bob]), "spotlight.set"), { t: "spotlight.set", add: [BOB.id] });
  assert.deepEqual(await asked(spotlight.stopSpotlight(), "spotlight.set"), { t: "spotlight.set", remove: ["8:acs:ann"] });
  assert.deepEqual(await asked(spotlight.stopAllSpotlight(), "spotlight.set"), { t: "spotlight.set", clear: true });
  hear({ t: "spotlight", people: [BOB.id] });
  assert.deepEqual(spotlight.getSpotlightedParticipants().map(({ order }) => order), [1]);
  hear({ t: "spotlight", people: [] });
  assert.deepEqual(told, ["1 0", "0 1"]);
  assert.equal(spotlight.maxParticipantsToSpotlight, 7);
});

test("hands and the spotlight of who is in no roster yet are told with the participant", () => {
  const hands = call.feature(Features.RaiseHand);
  const spotlight = call.feature(Features.Spotlight);
  const there = (): string => call.remoteParticipants.map(({ displayName }) => displayName).join();
  const told: string[] = [];
  hands.on("raisedHandEvent", () => told.push(`raised, with ${there()}`));
  hands.on("loweredHandEvent", () => told.push("lowered"));
  spotlight.on("spotlightChanged", ({ added, removed }) => told.push(`${added.map(({ order }) => order)}/${removed.length}, with ${there()}`));
  const eve = { ...BOB, id: "8:acs:eve", displayName: "Eve" };
  hear({ t: "hands", raised: [{ id: "8:acs:ann", order: 1 }, { id: eve.id, order: 2 }] });
  hear({ t: "spotlight", people: [eve.id] });
  assert.deepEqual([told, hands.getRaisedHands().length, spotlight.getSpotlightedParticipants()], [["raised, with Bob"], 1, []]);
  hear({ t: "roster", version: 2, full: false, set: [eve], removed: [] });
  assert.deepEqual(told.slice(1), ["raised, with Bob,Eve", "1/0, with Bob,Eve"]);
  assert.deepEqual(hands.getRaisedHands().map(({ order }) => order), [1, 2]);
  hear({ t: "roster", version: 3, full: false, set: [], removed: [eve.id] });
  hear({ t: "hands", raised: [{ id: "8:acs:ann", order: 1 }] });
  assert.deepEqual(told.slice(3), ["lowered", "/1, with Bob"]);
});

test("who reacts is a participant, and the raw id that UI libraries look for", () => {
  const who: unknown[] = [];
  call.feature(Features.Reaction).on("reaction", ({ identifier }) => who.push(identifier));
  hear({ t: "reaction", who: BOB.id, reaction: "like" });
  hear({ t: "reaction", who: "8:acs:ann", reaction: "like" });
  const [other, own] = who as { communicationUserId: string }[];
  assert.deepEqual([other.communicationUserId, `${other}`, own], [BOB.id, BOB.id, "8:acs:ann"]);
});

test("recordings and transcriptions", () => {
  const recording = call.feature(Features.Recording);
  const transcription = call.feature(Features.Transcription);
  const told: string[] = [];
  recording.on("isRecordingActiveChanged", () => told.push(`recording ${recording.isRecordingActive}`));
  recording.on("recordingsUpdated", ({ added, removed }) => {
    for (const one of added) one.on("recordingStateChanged", () => told.push(RecordingState[one.state]));
    told.push(`${added.length} ${removed.length}`);
  });
  transcription.on("isTranscriptionActiveChanged", () => told.push(`transcription ${transcription.isTranscriptionActive}`));
  hear({ t: "recording", recordings: [{ id: "r", state: "active" }] });
  hear({ t: "recording", recordings: [{ id: "r", state: "paused" }] });
  hear({ t: "recording", recordings: [] });
  hear({ t: "transcription", active: true });
  assert.deepEqual(told, ["1 0", "recording true", "Paused", "recording false", "Ended", "0 1", "transcription true"]);
});

test("capabilities say why they have changed", () => {
  const feature = call.feature(Features.Capabilities);
  const reasons: string[] = [];
  feature.on("capabilitiesChanged", ({ reason, newValue }) => reasons.push(`${reason} ${Object.keys(newValue)}`));
  const may = (isPresent: boolean): object => ({ isPresent, reason: isPresent ? "Capable" : "RoleRestricted" });
  for (const [reason, isPresent] of [["None", true], ["RoleChanged", false], ["MeetingOptionOrOrganizerPolicyChanged", true]] as const) {
    hear({ t: "capabilities", reason, capabilities: { unmuteMic: may(isPresent), addTeamsUser: may(true) } });
  }
  assert.deepEqual(reasons, ["MeetingDetailsChanged unmuteMic", "RoleChanged unmuteMic", "MeetingOptionOrOrganizerPolicyChanged unmuteMic"]);
  assert.equal(feature.capabilities.addTeamsUser.isPresent, false);
});

test("samples and summaries of media", async () => {
  const collector = call.feature(Features.MediaStats).createCollector({ aggregationInterval: 2, dataPointsPerAggregation: 3 });
  let samples = 0;
  const summaries: Record<string, any>[] = [];
  collector.on("sampleReported", () => samples++);
  collector.on("summaryReported", (one) => summaries.push(one));
  let packets = 0;
  const stream = (ssrc: number, jitter: number) => ({ id: `in${ssrc}`, ssrc, type: "inbound-rtp", kind: "audio", packetsReceived: packets, timestamp: Date.now(), jitter });
  FakeConnection.newest().getStats = async () => {
    packets += 50;
    const first = packets > 200 ? [] : [stream(1, 1)]; // another stream, which goes in the middle
    return new Map([...first, stream(2, 0.01)].map((entry) => [entry.id, entry]));
  };
  await pass(7_000);
  collector.dispose();
  await pass(2_000);
  assert.ok(samples >= 6, `${samples} samples`);
  assert.equal(summaries.length, 1);
  const measure = summaries[0].audio.receive[0].jitterInMs;
  assert.deepEqual(measure.aggregation, { count: [2, 2, 2], sum: [20, 20, 20], min: [10, 10, 10], max: [10, 10, 10] });
  assert.deepEqual(measure.raw, [10, 10, 10, 10, 10, 10]);
  assert.ok(measure.timestamp instanceof Date, `measured at ${measure.timestamp}`);
  assert.equal(summaries[0].audio.receive[0].id, "2", "by its id a stream is found again in the next summary");
  for (const aggregationInterval of [0, 1.5, NaN, 3_601])
    assert.throws(() => call.feature(Features.MediaStats).createCollector({ aggregationInterval }), { code: 400, message: /^aggregationInterval is/ });
});

test("what is asked for without saying what is refused with a code", async () => {
  const bad = { code: 400 };
  const nothing = undefined as never;
  assert.throws(() => agent.facade.join(nothing), bad);
  assert.throws(() => call.feature(Features.Transfer).transfer(nothing), bad);
  assert.throws(() => call.feature(Features.Transfer).transfer({} as never), bad);
  assert.throws(() => call.feature(Features.DataChannel).createDataChannelSender(nothing), bad);
  await assert.rejects(call.feature(Features.Reaction).sendReaction(nothing), bad);
  await assert.rejects(new Devices().manager.askDevicePermission(nothing), bad);
  await call.setConstraints(nothing);
});

test("nothing begins in a call that is over", async () => {
  const gone = call.hangUp();
  await pass(6_000);
  await gone;
  assert.equal(call.state, "Disconnected");
  let opened = 0;
  const stream = new LocalAudioStream({ getAudioTracks: () => (opened++, []) } as never);
  await assert.rejects(call.startAudio(stream), { code: 410 });
  let samples = 0;
  call.feature(Features.MediaStats).createCollector().on("sampleReported", () => samples++);
  await pass(3_000);
  assert.deepEqual([opened, samples], [0, 0]);
});

test("a lost connection is told", () => {
  const told: string[] = [];
  const { network } = call.feature(Features.UserFacingDiagnostics);
  network.on("diagnosticChanged", ({ diagnostic, value }) => told.push(`${diagnostic} ${value}`));
  newest().drop();
  assert.deepEqual(told, ["networkReconnect 3"]);
});

test("somebody has another name", () => {
  const [person] = call.remoteParticipants;
  const told: unknown[] = [];
  person.on("displayNameChanged", (change) => told.push(change?.oldValue, change?.newValue));
  hear({ t: "roster", version: 2, full: false, set: [{ ...BOB, displayName: "Robert" }], removed: [] });
  assert.deepEqual([told, person.hasDisplayNameChanged], [["Bob", "Robert"], true]);
});

test("a machine without speakers is told, and that one was connected", () => {
  const told: string[] = [];
  call.feature(Features.UserFacingDiagnostics).media.on("diagnosticChanged", ({ diagnostic, value }) => told.push(`${diagnostic} ${value}`));
  const { devices } = (agent as any).options;
  for (const noSpeakers of [false, true, true, false]) {
    devices.noSpeakers = noSpeakers;
    devices.events.emit("changed");
  }
  assert.deepEqual(told, ["noSpeakerDevicesEnumerated true", "noSpeakerDevicesEnumerated false"]);
});
