// The sample of rooms: it makes a room and a user through the server, and joins
// with the same calls as any application of @azure/communication-calling.
import { AzureCommunicationTokenCredential, getIdentifierRawId } from "@azure/communication-common";
import { CallClient, Features, type Call, type RemoteParticipant } from "../../calling/src/index";

interface Guest {
  room: string;
  user: string;
  token: string;
  role: string;
}

const element = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;
const page = new URL(location.href);
let hands = new Set<string>();

element<HTMLInputElement>("name").value = page.searchParams.get("name") ?? "";
element<HTMLSelectElement>("role").value = page.searchParams.get("role") ?? "Presenter";
element<HTMLFormElement>("join").addEventListener("submit", (event) => {
  event.preventDefault();
  void enter();
});

async function enter(): Promise<void> {
  const button = element<HTMLButtonElement>("enter");
  button.disabled = true;
  complain();
  try {
    const guest = await becomeGuest();
    const client = new CallClient({ endpoint: location.origin });
    const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(guest.token), { displayName: element<HTMLInputElement>("name").value });
    const devices = await client.getDeviceManager();
    if (guest.role !== "Consumer" && !(await devices.askDevicePermission({ audio: true, video: false })).audio)
      complain("The microphone is not permitted: you will hear the others, but they will not hear you.");
    const call = agent.join({ roomId: guest.room }, { audioOptions: { muted: element<HTMLInputElement>("muted").checked } });
    show(call, guest, () => void agent.dispose());
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    button.disabled = false;
  }
}

/** Asks the server for a user in a room: the one that the address names, or a new one. */
async function becomeGuest(): Promise<Guest> {
  const answer = await fetch("guest", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ room: page.searchParams.get("room") ?? "", role: element<HTMLSelectElement>("role").value }),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said?.error?.message ?? `the server answered ${answer.status}`);
  page.searchParams.set("room", said.room);
  history.replaceState(null, "", page);
  return said;
}

function show(current: Call, guest: Guest, left: () => void): void {
  element("lobby").hidden = true;
  element("call").hidden = false;
  element("title").textContent = `Room ${guest.room}`;
  const invitation = new URL(page);
  invitation.search = new URLSearchParams({ room: guest.room, role: "Attendee" }).toString();
  element<HTMLAnchorElement>("invite").href = invitation.href;
  const hand = current.feature(Features.RaiseHand);
  const update = (): void => draw(current);
  current.on("stateChanged", () => {
    update();
    if (current.state === "Disconnected") goBack(current, left);
  });
  for (const event of ["isMutedChanged", "roleChanged"] as const) current.on(event, update);
  current.on("mutedByOthers", () => complain("Somebody has muted you. You may unmute."));
  current.feature(Features.Capabilities).on("capabilitiesChanged", update);
  for (const event of ["raisedHandEvent", "loweredHandEvent"] as const)
    hand.on(event, () => {
      hands = new Set(hand.getRaisedHands().map((one) => getIdentifierRawId(one.identifier)));
      update();
    });
  current.on("remoteParticipantsUpdated", ({ added }) => {
    for (const person of added) for (const event of ["stateChanged", "isMutedChanged", "isSpeakingChanged", "roleChanged", "displayNameChanged"] as const) person.on(event as "stateChanged", update);
    update();
  });
  element("mute").onclick = () => act(current.isMuted ? current.unmute() : current.mute());
  element("hold").onclick = () => act(current.state === "LocalHold" ? current.resume() : current.hold());
  element("hand").onclick = () => act(hands.has(guest.user) ? hand.lowerHand() : hand.raiseHand());
  element("leave").onclick = () => act(current.hangUp());
  update();
}

function draw(current: Call): void {
  element("state").textContent = current.state;
  element("myrole").textContent = current.role === "Unknown" ? "" : current.role;
  press("mute", current.isMuted, current.isMuted ? "Unmute" : "Mute");
  press("hold", current.state === "LocalHold", current.state === "LocalHold" ? "Resume" : "Hold");
  const may = current.feature(Features.Capabilities).capabilities;
  element<HTMLButtonElement>("mute").disabled = current.role === "Consumer";
  element<HTMLButtonElement>("hand").disabled = !may.raiseHand.isPresent;
  const people = current.remoteParticipants;
  element("people").replaceChildren(...people.map((person) => card(person, may.muteOthers.isPresent)));
  element("alone").hidden = people.length > 0 || current.state !== "Connected";
}

function card(person: RemoteParticipant, mayMute: boolean): HTMLElement {
  const id = getIdentifierRawId(person.identifier);
  const name = person.displayName || id;
  const item = document.createElement("li");
  item.classList.toggle("speaking", person.isSpeaking);
  item.append(text("span", "face", name.replace(/^\W+/, "").charAt(0).toUpperCase()), text("span", "name", name));
  const about = [person.state, person.role === "Unknown" ? "" : person.role, person.isMuted ? "muted" : "", hands.has(id) ? "hand raised" : ""];
  item.append(text("span", "about", about.filter(Boolean).join(" · ")));
  if (mayMute && !person.isMuted) {
    const mute = document.createElement("button");
    mute.textContent = "Mute";
    mute.onclick = () => act(person.mute());
    item.append(mute);
  }
  return item;
}

function goBack(current: Call, left: () => void): void {
  const reason = current.callEndReason;
  if (reason && (reason.code !== 0 || reason.subCode !== 0)) complain(`The call ended: ${reason.message || `${reason.code}/${reason.subCode}`}`);
  element("call").hidden = true;
  element("lobby").hidden = false;
  element<HTMLButtonElement>("enter").disabled = false;
  hands = new Set();
  left();
}

function press(id: string, pressed: boolean, label: string): void {
  element(id).setAttribute("aria-pressed", String(pressed));
  element(id).textContent = label;
}

function text(tag: string, kind: string, content: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = content;
  return made;
}

/** Does what a button asks for, and says so if it is refused. */
function act(work: Promise<unknown>): void {
  complain();
  work.catch((error) => complain(error.message));
}

function complain(message = ""): void {
  element("problem").textContent = message;
  element("problem").hidden = message === "";
}
