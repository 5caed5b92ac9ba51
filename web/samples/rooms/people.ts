// The list of people: who is there, in which role, and what a Presenter may do to them.
import { getIdentifierRawId } from "@azure/communication-common";
import { Features, type Call, type RemoteParticipant } from "../../calling/src/index";
import { icon } from "./icons";
import { act, element, paintFace, text } from "./page";

export function drawPeople(call: Call, me: string, hands: Set<string>): void {
  const may = call.feature(Features.Capabilities).capabilities;
  const own = row(`${me} (you)`, [call.role, call.isMuted ? "muted" : ""], false);
  const others = call.remoteParticipants.map((person) => {
    const hand = hands.has(getIdentifierRawId(person.identifier));
    const about = [person.role, person.state === "Connected" ? "" : person.state, person.isMuted ? "muted" : "", hand ? "hand raised" : ""];
    const item = row(nameOf(person), about, person.isSpeaking);
    if (may.muteOthers.isPresent && !person.isMuted) item.append(button("microphone-off", `Mute ${nameOf(person)}`, () => person.mute()));
    if (may.removeParticipant.isPresent) item.append(button("leave", `Remove ${nameOf(person)}`, () => remove(call, person)));
    return item;
  });
  element("people").replaceChildren(own, ...others);
  element("count").textContent = String(others.length + 1);
}

export function nameOf(person: RemoteParticipant): string {
  return person.displayName || getIdentifierRawId(person.identifier);
}

function row(name: string, about: string[], speaking: boolean): HTMLElement {
  const item = document.createElement("li");
  item.classList.toggle("speaking", speaking);
  const face = text("span", "face", "");
  paintFace(face, name);
  item.append(face, text("span", "name", name), text("span", "about", about.filter((word) => word && word !== "Unknown").join(" · ")));
  return item;
}

function button(drawing: string, words: string, work: () => Promise<unknown>): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "round small";
  made.title = words;
  made.setAttribute("aria-label", words);
  made.append(icon(drawing));
  made.onclick = () => act(work());
  return made;
}

async function remove(call: Call, person: RemoteParticipant): Promise<void> {
  if (confirm(`Remove ${nameOf(person)} from the call?`)) await call.removeParticipant(person.identifier);
}
