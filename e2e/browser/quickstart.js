// A page as the quickstarts of room calls have it: fields for a token and a room, and
// buttons. It is written for @azure/communication-calling, under whose name it gets our
// package, and it knows no address of a server.
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CallClient, Features } from "@azure/communication-calling";
import { tone } from "./measure";

document.body.innerHTML = `
  <input id="token"><input id="room">
  <button id="start">Start</button><button id="join" disabled>Join</button><button id="leave" disabled>Leave</button>
  <p id="state">None</p><ul id="people"></ul>`;
const element = (id) => document.getElementById(id);

let agent;
let call;

element("start").onclick = async () => {
  const client = new CallClient();
  agent = await client.createCallAgent(new AzureCommunicationTokenCredential(element("token").value), { displayName: "A guest" });
  const devices = await client.getDeviceManager();
  await devices.askDevicePermission({ audio: true, video: false });
  element("join").disabled = false;
};

element("join").onclick = () => {
  call = agent.join({ roomId: element("room").value }, { audioOptions: { muted: false } });
  call.on("stateChanged", () => {
    element("state").textContent = call.state;
    element("leave").disabled = call.state !== "Connected";
  });
  call.on("remoteParticipantsUpdated", showPeople);
  // For the test, which has no other way to look at a call.
  Object.assign(globalThis, { call, tone, Features });
};

element("leave").onclick = () => call.hangUp();

function showPeople() {
  element("people").replaceChildren(
    ...call.remoteParticipants.map(({ identifier }) => {
      const item = document.createElement("li");
      item.textContent = identifier.communicationUserId ?? identifier.phoneNumber ?? identifier.id;
      return item;
    }),
  );
}
