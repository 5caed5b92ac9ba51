// Captions: which are on, in which language.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Features } from "../src/features/names";
import { asked, besideBob, BOB, call, hear } from "./besidebob";
import { newest, settle } from "./fakes";

besideBob();

test("captions", async () => {
  const { captions } = call.feature(Features.Captions);
  assert.equal(captions.kind, "Captions");
  const told: string[] = [];
  captions.on("CaptionsActiveChanged", () => told.push(`active ${captions.isCaptionsFeatureActive}`));
  captions.on("SpokenLanguageChanged", () => told.push(captions.activeSpokenLanguage));
  (captions.on as (event: string, listener: (args: any) => void) => void)("CaptionsReceived", (one) => told.push(`${one.speaker.displayName} ${one.resultType}: ${one.spokenText}`));
  assert.deepEqual(await asked(captions.startCaptions({ spokenLanguage: "en-us" }), "captions.set"), { t: "captions.set", on: true, language: "en-us" });
  hear({ t: "caption", who: BOB.id, displayName: "Bob", text: "hello", final: true, language: "en-us", time: 1 });
  await asked(captions.setSpokenLanguage("de-de"), "captions.set");
  await asked(captions.stopCaptions(), "captions.set");
  hear({ t: "caption", who: BOB.id, displayName: "Bob", text: "hallo", final: true, language: "de-de", time: 2 });
  assert.deepEqual(told, ["active true", "Bob Final: hello", "de-de", "active false"]);
});

test("captions end with their call", async () => {
  const { captions } = call.feature(Features.Captions);
  const told: boolean[] = [];
  captions.on("CaptionsActiveChanged", () => told.push(captions.isCaptionsFeatureActive));
  await asked(captions.startCaptions(), "captions.set");
  hear({ t: "call.ended", code: 0, subCode: 0 });
  assert.deepEqual(told, [true, false]);
});

test("a language that is set while captions begin does not end them", async () => {
  const { captions } = call.feature(Features.Captions);
  const begun = captions.startCaptions();
  const set = captions.setSpokenLanguage("de-de");
  await settle();
  const asked = newest().sent.filter(({ t }) => t === "captions.set");
  assert.deepEqual(asked.map(({ on, language }) => `${on} ${language}`), ["true undefined", "true de-de"]);
  for (const { id } of asked) newest().say({ t: "ok", re: id });
  await Promise.all([begun, set]);
  assert.deepEqual([captions.isCaptionsFeatureActive, captions.activeSpokenLanguage], [true, "de-de"]);
  let spoken = "";
  (captions.on as (event: string, listener: (args: any) => void) => void)("CaptionsReceived", ({ spokenLanguage }) => (spoken = spokenLanguage));
  hear({ t: "caption", who: BOB.id, text: "hallo", final: true, language: "de-DE", time: 1 });
  assert.equal(spoken, captions.activeSpokenLanguage);
  await assert.rejects(captions.setSpokenLanguage(undefined as never), { code: 400 });
  const refused = captions.stopCaptions().catch(({ code }) => code);
  await settle();
  newest().say({ t: "error", re: newest().last("captions.set").id, reason: "busy", code: 503, subCode: 0, message: "later" });
  assert.deepEqual([await refused, captions.isCaptionsFeatureActive], [503, true]);
});
