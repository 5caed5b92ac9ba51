// The sample of rooms: it makes a room and a user through the server, and joins
// with the same calls as any application of @azure/communication-calling.
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CallClient } from "../../calling/src/index";
import { CallPage } from "./callpage";
import { Lobby } from "./lobby";
import { complain, drawButtons, element } from "./page";

interface Guest {
  room: string;
  user: string;
  token: string;
  role: string;
}

const page = new URL(location.href);
const client = new CallClient({ endpoint: location.origin });

drawButtons();
element<HTMLInputElement>("name").value = page.searchParams.get("name") ?? "";
element<HTMLSelectElement>("role").value = page.searchParams.get("role") ?? "Presenter";
if (page.searchParams.has("room")) element("about").textContent = "You are invited. The others see and hear you once you have joined.";

const devices = await client.getDeviceManager();
const lobby = new Lobby(devices);
element<HTMLFormElement>("join").addEventListener("submit", (event) => {
  event.preventDefault();
  void enter();
});
await lobby.open().catch((error) => complain(words(error)));

async function enter(): Promise<void> {
  const button = element<HTMLButtonElement>("enter");
  button.disabled = true;
  complain();
  try {
    const guest = await becomeGuest();
    const displayName = element<HTMLInputElement>("name").value;
    const agent = await client.createCallAgent(new AzureCommunicationTokenCredential(guest.token), { displayName });
    const call = agent.join(
      { roomId: guest.room },
      { audioOptions: { muted: lobby.muted }, videoOptions: { localVideoStreams: lobby.stream ? [lobby.stream] : [] } },
    );
    lobby.close();
    const invitation = new URL(page);
    invitation.search = new URLSearchParams({ room: guest.room, role: "Attendee" }).toString();
    new CallPage(call, { name: displayName, user: guest.user, room: guest.room, invitation: invitation.href, camera: () => lobby.camera() }, () => {
      button.disabled = false;
      lobby.stream = undefined;
      void agent.dispose();
      void lobby.open();
    });
  } catch (error) {
    complain(words(error));
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
