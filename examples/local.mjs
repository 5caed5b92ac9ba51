// What the examples need of a Switchhook on this machine: its connection string, its
// certificate authority, and a subscription to incoming calls. With Azure, the
// connection string is in the portal, and the subscription is made with `az`.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const state = process.env.XDG_STATE_HOME || join(homedir(), ".local/state");
const data = process.env.SWITCHHOOK_DATA || join(state, "switchhook");

// stop ends the example with a sentence that says what is missing.
function stop(message) {
  console.error(message);
  process.exit(1);
}

const file = join(data, "connection-string");
if (!process.env.CONNECTION_STRING && !existsSync(file)) {
  stop(`There is no ${file}: start the server first, in another terminal, in the folder of the repository: go run ./cmd/switchhook`);
}
export const connectionString = process.env.CONNECTION_STRING || readFileSync(file, "utf8").trim();

// Options of every client of an SDK: they trust the server's own authority.
const authority = join(data, "ca.pem");
export const clientOptions = existsSync(authority) ? { tlsOptions: { ca: readFileSync(authority) } } : {};

// subscribe sends incoming calls to a webhook, and returns when its handshake is done. If
// the server cannot be asked, the example ends.
export async function subscribe(name, endpoint) {
  const command = process.env.SWITCHHOOK ? [process.env.SWITCHHOOK] : ["go", "run", "../../cmd/switchhook"];
  const [program, ...first] = command;
  const server = process.env.CONNECTION_STRING ? ["--connection-string", connectionString] : ["--data", data];
  const options = [...first, "subscribe", name, ...server, "--endpoint", endpoint, "--included-event-types", "Microsoft.Communication.IncomingCall"];
  try {
    await promisify(execFile)(program, options);
  } catch (error) {
    const missing = error.code === "ENOENT" ? `${program} is not installed. SWITCHHOOK names the server's program where Go is not.` : error.stderr;
    stop(`Incoming calls were not subscribed to: ${missing?.trim() || error.message}`);
  }
}

// caller names who calls, in the words of the SDK: a phone, a user such as the console's
// softphone, or somebody else.
export function caller({ rawId, phoneNumber, communicationUser }) {
  if (phoneNumber) return { phoneNumber: phoneNumber.value };
  return communicationUser ? { communicationUserId: communicationUser.id } : { id: rawId };
}

// webhooks answers the webhooks of an application: `incoming` takes what Event Grid
// sends, `callback` what Call Automation does.
export function webhooks(incoming, callback) {
  return async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    try {
      const [event] = JSON.parse(body); // both send an array with one event
      const validation = event.eventType === "Microsoft.EventGrid.SubscriptionValidationEvent";
      const answer = validation ? { validationResponse: event.data.validationCode } : undefined;
      response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer ?? {}));
      if (!validation) await (request.url === "/events" ? incoming(event) : callback(event));
    } catch (error) {
      console.error(error.message);
      if (!response.headersSent) response.writeHead(500).end();
    }
  };
}
