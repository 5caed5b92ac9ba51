// The application's own web server: its Event Grid webhook, its callbacks, and
// the WAV files that it has played.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EventGridDeserializer, isSystemEvent } from "@azure/eventgrid";

import { parseCallAutomationEvent } from "./callautomation.mjs";

// What a webhook answers to the validation handshake; the others get it wrong.
const handshakes = {
  "/events": (code) => [200, { validationResponse: code }],
  "/bad-echo": () => [200, { validationResponse: "not the code" }],
  "/silent": () => [200],
  "/wrong-status": (code) => [202, { validationResponse: code }],
  "/failing": () => [500, "the webhook is out of order"],
};

export async function webServer({ port, sounds, verify, write }) {
  const answers = new Map(); // by path, what `respond` set
  const server = createServer(async (request, response) => {
    try {
      if (request.method === "OPTIONS") return consent(request, response);
      if (request.method === "GET") return await serveSound(request, response, sounds);
      const { status, body } = await receive(request);
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(body && JSON.stringify(body));
    } catch (error) {
      write({ event: "error", path: request.url, message: error.message });
      response.writeHead(500).end();
    }
  });

  async function receive(request) {
    const text = await textOf(request);
    const type = request.headers["aeg-event-type"];
    if (type === "SubscriptionValidation") return validate(request, text);
    const answer = answers.get(request.url) ?? {};
    const status = answer.status ?? 200;
    write(await (type ? gridEvent : callback)(request, text, { status, verify }));
    if (answer.delay) await sleep(answer.delay);
    return { status };
  }

  async function validate(request, text) {
    const [{ data }] = await new EventGridDeserializer().deserializeEventGridEvents(text);
    write({ event: "handshake", path: request.url, headers: request.headers, raw: JSON.parse(text) });
    const [status, body] = (handshakes[request.url.split("?")[0]] ?? (() => [404]))(data.validationCode);
    return { status, body };
  }

  await listen(server, port);
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    respond: (path, answer) => void answers.set(path, answer),
  };
}

// listen takes the port. One that the application had before its restart may be that of another
// program's connection for a moment.
async function listen(server, port) {
  for (let left = 100; ; left--) {
    const busy = await new Promise((told, failed) => {
      const error = (why) => (why.code === "EADDRINUSE" && left > 0 ? told(true) : failed(why));
      server.once("error", error).listen(port, "127.0.0.1", () => {
        server.off("error", error);
        told(false);
      });
    });
    if (!busy) return;
    await sleep(100);
  }
}

// consent answers the handshake of CloudEvents.
function consent(request, response) {
  response.writeHead(200, { "WebHook-Allowed-Origin": request.headers["webhook-request-origin"] }).end();
}

async function gridEvent(request, text, { status }) {
  const events = await new EventGridDeserializer().deserializeEventGridEvents(text);
  const known = events.every((event) => isSystemEvent("Microsoft.Communication.IncomingCall", event));
  return { event: "grid", path: request.url, status, known, headers: request.headers, parsed: events, raw: JSON.parse(text) };
}

async function callback(request, text, { status, verify }) {
  const line = { event: "callback", path: request.url, status, headers: request.headers, raw: JSON.parse(text) };
  line.parsed = parseCallAutomationEvent(text);
  line.claims = await verify(request.headers.authorization);
  delete line.headers.authorization;
  return line;
}

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function serveSound(request, response, sounds) {
  const file = join(sounds, basename(request.url));
  const found = request.url.startsWith("/wav/") && (await stat(file).catch(() => undefined));
  if (!found) return void response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": "audio/wav", "Content-Length": found.size });
  createReadStream(file).pipe(response);
}
