// Credentials of TURN, which expire while a page is open, in simulated time.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Agent } from "../src/agent";
import { FakeConnection } from "./fakeconnection";
import { newest, settle } from "./fakes";
import { begin, finish, grant, newAgent, pass, ROOM, welcome } from "./room";

const turn = (credential: string): object[] => [{ urls: ["turn:relay.example"], username: "1:8:acs:ann", credential }];
let agent: Agent;
beforeEach(begin);
afterEach(() => finish(agent));

/** An agent that got these servers with welcome, some minutes ago. */
async function aged(minutes: number, iceServers = turn("first")): Promise<void> {
  agent = newAgent();
  void agent.open();
  await pass(1);
  newest().open();
  newest().say({ ...welcome("s1"), iceServers });
  for (let i = 0; i < 4 * minutes; i++) {
    await pass(15_000);
    newest().say({ t: "ok", re: "ping" }); // it is there
  }
}

const asked = (): number => newest().sent.filter(({ t }) => t === "ice").length;
const known = (connection = FakeConnection.newest()): unknown => (connection.configuration.iceServers as { credential?: string }[]).map(({ credential }) => credential);

test("a call that is begun minutes after the agent asks for credentials that are good", async () => {
  await aged(11);
  agent.facade.join({ roomId: ROOM });
  await settle();
  await grant("call.join");
  assert.deepEqual([asked(), FakeConnection.all.length], [1, 0]);
  await grant("ice", { t: "ice.servers", iceServers: turn("second") });
  assert.deepEqual(known(), ["second"]);
});

test("credentials that are good, and servers that need none, are not asked for", async () => {
  for (const [minutes, servers] of [[4, turn("first")], [11, [{ urls: ["stun:relay.example"] }]], [11, []]] as const) {
    await aged(minutes, [...servers]);
    agent.facade.join({ roomId: ROOM });
    await settle();
    await grant("call.join");
    assert.deepEqual([asked(), FakeConnection.newest().configuration.iceServers], [0, servers]);
    await finish(agent);
    begin();
  }
  await aged(0);
});

test("a server that does not know the question is no reason to have no call", async () => {
  await aged(11);
  agent.facade.join({ roomId: ROOM });
  await settle();
  await grant("call.join");
  await grant("ice", { t: "error", reason: "unknownType", code: 400, subCode: 0, message: "no such request" });
  assert.deepEqual(known(), ["first"]);
});

test("a path that is lost in a long call is looked for with credentials that are good", async () => {
  await aged(0);
  agent.facade.join({ roomId: ROOM });
  await settle();
  await grant("call.join");
  await grant("media.offer", { t: "media.answer", call: "", n: 1, sdp: "v=0" });
  const connection = FakeConnection.newest();
  connection.connect();
  for (let i = 0; i < 44; i++) {
    await pass(15_000);
    newest().say({ t: "ok", re: "ping" });
  }
  assert.deepEqual([asked(), known()], [0, ["first"]]);
  connection.lose();
  await settle();
  await grant("ice", { t: "ice.servers", iceServers: turn("second") });
  await pass(1_500);
  assert.deepEqual([FakeConnection.all.length, known(connection)], [1, ["second"]]);
});
