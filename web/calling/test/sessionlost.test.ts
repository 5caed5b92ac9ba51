import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Session } from "../src/signalling/session";
import { FakeSocket, newest, settle } from "./fakes";
import { open, openTicking, running, welcome } from "./sessions";

test("a lost socket is replaced; what was not answered is sent again with its id", async () => {
  const { session, changes } = await open();
  newest().say(welcome());
  newest().say({ t: "roster", seq: 7 });
  const asked = session.request("call.hold", { call: "c" });
  const first = newest().last("call.hold");
  newest().drop();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(FakeSocket.all.length, 2);
  newest().open();
  const hello = newest().last("hello");
  assert.equal(hello.session, "s1");
  assert.equal(hello.lastSeq, 7);
  newest().say(welcome(true));
  assert.equal(newest().last("call.hold").id, first.id);
  newest().say({ t: "ok", re: first.id });
  await asked;
  assert.deepEqual(changes, ["live", "away", "live"]);
});

test("a server that has lost the session gets a new one, and the calls are told", async () => {
  const { session, changes } = await open();
  newest().say(welcome());
  const asked = session.request("call.hold", { call: "c" });
  newest().drop(4404);
  await assert.rejects(asked, { code: 410, subCode: 3101 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  newest().open();
  assert.equal(newest().last("hello").session, undefined);
  newest().say(welcome(false, "s2"));
  assert.deepEqual(changes, ["live", "away", "away lost", "live"]);
});

test("a server without an answer is given up after a minute", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    const session = new Session({ address: "ws://127.0.0.1:1/client", token: async () => "t", userAgent: "", log: () => {}, event: () => {}, changed: () => {} });
    running.push(session);
    let refused: any;
    session.open().catch((error) => (refused = error));
    for (let i = 0; i < 80 && !refused; i++) {
      mock.timers.tick(1_000);
      await settle(2);
      if (FakeSocket.all.length > 0 && newest().readyState === 0) newest().drop();
      await settle(2);
    }
    assert.equal(refused?.code, 408);
  } finally {
    mock.timers.reset();
  }
});

test("another network has the server asked for a sign of life at once", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const connection = new EventTarget();
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { connection } });
  try {
    const session = await openTicking();
    mock.timers.tick(10);
    connection.dispatchEvent(new Event("change"));
    assert.equal(newest().sent.filter(({ t }) => t === "ping").length, 1);
    for (let i = 0; i < 9; i++) {
      mock.timers.tick(1_000);
      await settle(2);
    }
    assert.equal(session.state, "away", "a socket over the network before is as lost as that");
    session.close();
    const before = FakeSocket.all.length;
    connection.dispatchEvent(new Event("change"));
    assert.equal(FakeSocket.all.length, before);
  } finally {
    mock.timers.reset();
  }
});

test("a socket that is silent is replaced", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    await openTicking();
    for (let i = 0; i < 30; i++) {
      mock.timers.tick(1_000);
      await settle(2);
    }
    assert.ok(FakeSocket.all[0].sent.some((frame) => frame.t === "ping"), "it asks for a sign of life");
    assert.ok(FakeSocket.all.length > 1, "it connects anew");
  } finally {
    mock.timers.reset();
  }
});

test("in the last seconds of a session attempts come closer together", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    const session = await openTicking();
    newest().drop();
    const began = Date.now();
    const attempts: number[] = [];
    while (session.state === "away" && Date.now() - began < 125_000) {
      mock.timers.tick(100);
      await settle(2);
      if (newest().readyState !== 0) continue;
      attempts.push(Date.now() - began);
      newest().drop();
      await settle(2);
    }
    assert.ok(attempts.some((at) => at >= 119_000 && at <= 120_000), `attempts at ${attempts}`);
    const late = attempts.filter((at) => at > 100_000);
    for (let i = 1; i < late.length; i++) assert.ok(late[i] - late[i - 1] <= Math.max(1_000, (120_000 - late[i - 1]) / 2), `attempts at ${late}`);
    assert.equal(session.state, "over");
  } finally {
    mock.timers.reset();
  }
});

test("a server that takes the socket and does not answer hello is taken for gone", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    const session = await openTicking();
    newest().drop();
    const began = Date.now();
    while (session.state === "away" && Date.now() - began < 150_000) {
      mock.timers.tick(500);
      await settle(2);
      if (newest().readyState === 0) newest().open();
    }
    assert.equal(session.state, "over");
    assert.ok(FakeSocket.all.length > 5, "it tries again and again");
  } finally {
    mock.timers.reset();
  }
});
