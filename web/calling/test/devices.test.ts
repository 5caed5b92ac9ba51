// The list of devices, while it changes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeMediaStream, FakeTrack, settle } from "./fakes";

const listeners: (() => void)[] = [];
let there: object[] = [];
let answers: (() => void)[] = [];
/** The microphone that was opened to ask for it. */
let opened: FakeTrack | undefined;
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    mediaDevices: {
      addEventListener: (_: string, listener: () => void) => listeners.push(listener),
      removeEventListener: (_: string, listener: () => void) => listeners.splice(listeners.indexOf(listener), 1),
      getUserMedia: async ({ audio }: MediaStreamConstraints) => {
        if (!audio) throw new DOMException("no", "NotAllowedError");
        return new FakeMediaStream([(opened = new FakeTrack("microphone", "audio"))]);
      },
      enumerateDevices: () => new Promise((resolve) => answers.push(() => resolve([...there]))),
    },
  },
});
const microphone = (id: string): object => ({ kind: "audioinput", deviceId: id, label: id });
const { Devices } = await import("../src/media/devices");

/** The browser answers until it is asked no more. */
async function answer(): Promise<void> {
  for (await settle(); answers.length > 0; await settle()) answers.shift()!();
}

test("devices that come in quick succession are told once each, and the last list holds", async () => {
  const devices = new Devices();
  const told: string[] = [];
  devices.manager.on("audioDevicesUpdated", ({ added, removed }) => told.push([...added.map(({ id }) => `+${id}`), ...removed.map(({ id }) => `-${id}`)].join()));
  devices.manager.on("selectedMicrophoneChanged", () => told.push(`chosen ${devices.manager.selectedMicrophone?.id}`));
  there = [microphone("a")];
  listeners.forEach((changed) => changed());
  listeners.forEach((changed) => changed());
  const listed = devices.manager.getMicrophones();
  await answer();
  assert.deepEqual([(await listed).length, told], [1, ["+microphone:a", "chosen microphone:a"]]);
  there = [microphone("b")];
  listeners.forEach((changed) => changed());
  await answer();
  assert.deepEqual(told.slice(2), ["+microphone:b,-microphone:a", "chosen microphone:b"]);
  devices.dispose();
  assert.equal(listeners.length, 0);
});

test("a microphone that has gone is not chosen", async () => {
  const devices = new Devices();
  there = [microphone("a"), microphone("b")];
  const listed = devices.manager.getMicrophones();
  await answer();
  const [, b] = await listed;
  there = [microphone("a")];
  const refreshed = devices.refresh();
  await answer();
  await refreshed;
  await assert.rejects(devices.manager.selectMicrophone(b), { code: 400, subCode: 43004 });
  devices.dispose();
});

test("devices that have names only while one is open are listed once the user has permitted it", async () => {
  const devices = new Devices();
  const asked = devices.manager.askDevicePermission({ audio: true, video: true });
  await settle();
  there = [microphone(opened?.readyState === "live" ? "a" : "")];
  await answer();
  assert.deepEqual(await asked, { audio: true, video: false });
  assert.deepEqual([(await devices.manager.getMicrophones()).map(({ name }) => name), opened?.readyState], [["a"], "ended"]);
  devices.dispose();
});

test("what is permitted already is there from the beginning, and is not told", async () => {
  const devices = new Devices();
  there = [microphone("a")];
  const begun = devices.begin();
  const again = devices.begin();
  await answer();
  await Promise.all([begun, again]);
  const told: string[] = [];
  devices.manager.on("audioDevicesUpdated", () => told.push("devices"));
  devices.manager.on("selectedMicrophoneChanged", () => told.push("microphone"));
  assert.equal(devices.manager.selectedMicrophone?.id, "microphone:a");
  assert.equal((await devices.manager.getMicrophones()).length, 1);
  assert.deepEqual(told, []);
  devices.dispose();
});

test("a browser that keeps its devices from a page that nobody looks at keeps no page waiting", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const devices = new Devices();
  const begun = devices.begin();
  await settle();
  t.mock.timers.tick(1_000);
  await begun;
  answers = [];
  devices.dispose();
});
