// How a transfer comes out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Features } from "../src/features/names";
import { agent, besideBob, bob, call, hear } from "./besidebob";
import { newest, settle } from "./fakes";

besideBob();

test("a transfer whose call ends before its outcome has failed", async () => {
  const transfer = call.feature(Features.Transfer).transfer({ targetParticipant: bob });
  const told: string[] = [];
  transfer.on("stateChanged", () => told.push(`${transfer.state} ${transfer.error?.code ?? ""}`));
  await settle();
  newest().say({ t: "ok", re: newest().last("call.transfer").id });
  await settle();
  hear({ t: "call.ended", code: 487, subCode: 0 });
  assert.deepEqual(told, ["Transferring ", "Failed 487"]);
  const late = call.feature(Features.Transfer).transfer({ targetParticipant: bob });
  await settle();
  newest().say({ t: "error", re: newest().last("call.transfer").id, reason: "noSuchCall", code: 404, subCode: 0, message: "no such call" });
  await settle();
  assert.deepEqual([late.state, late.error?.code], ["Failed", 404]);
});

test("a transfer that has come about has not failed when its call ends", async () => {
  const transfer = call.feature(Features.Transfer).transfer({ targetParticipant: bob });
  await settle();
  newest().say({ t: "ok", re: newest().last("call.transfer").id });
  hear({ t: "call.transfer", state: "Transferring" });
  hear({ t: "call.transfer", state: "Transferred" });
  hear({ t: "call.ended", code: 0, subCode: 7015 });
  assert.equal(transfer.state, "Transferred");
});

test("who has been transferred has the same call, under another id, and can hand it on by that", async () => {
  const before = call.id;
  const told: string[] = [];
  const name = (): string => (call.id === before ? "before" : "after");
  call.feature(Features.Transfer).on("transferAccepted", ({ targetCall }) => told.push(`${targetCall === call} ${name()}`));
  call.on("idChanged", () => told.push(name()));
  newest().say({ t: "call.transferred", seq: 20, call: before });
  assert.deepEqual([told, agent.facade.calls[0].id === call.id], [["true before", "after"], true]);
  newest().say({ t: "muted", seq: 21, call: before, muted: true });
  assert.ok(call.isMuted, "the server knows the call by its first id");
  call.feature(Features.Transfer).transfer({ targetCallId: call.id });
  await settle();
  const { call: of, toCall } = newest().last("call.transfer");
  assert.deepEqual([of, toCall], [before, before]);
});
