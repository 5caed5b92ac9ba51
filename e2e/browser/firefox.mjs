// Drives the installed Firefox by WebDriver BiDi, as far as the driver needs a browser: a
// page that runs scripts. With FIREFOX_LOG=1 what Firefox prints is printed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import WebSocket from "ws";

/** Devices without hardware. */
const PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.cubeb.force_mock_context": true,
  "media.autoplay.default": 0,
  // Nothing is asked for but by the page.
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.safebrowsing.downloads.remote.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "media.gmp-manager.updateEnabled": false,
  "media.gmp-provider.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
  "toolkit.telemetry.enabled": false,
};

/** Media over loopback, which Firefox uses for no page unless it is told to, and which is all that there is where this machine has no other address. */
const LOOPBACK = { "media.peerconnection.ice.loopback": !Object.values(networkInterfaces()).flat().some(({ internal, address }) => !internal && !/^fe80:/.test(address)) };

/** Starts a browser whose microphone gives a tone of `pitch`. It gives its page. */
export async function launchFirefox({ pitch = 1000, permit = true, heard }) {
  const profile = mkdtempSync(join(tmpdir(), "firefox-"));
  const all = { ...PREFERENCES, ...LOOPBACK, "media.navigator.audio.fake_frequency": pitch, "permissions.default.microphone": permit ? 1 : 2, "permissions.default.camera": permit ? 1 : 2 };
  writeFileSync(join(profile, "user.js"), Object.entries(all).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
  const process_ = spawn(process.env.FIREFOX ?? "/usr/bin/firefox-esr", ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile, "about:blank"], {
    env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: "1", HOME: profile },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise((resolve) => process_.once("exit", resolve).once("error", resolve));
  const kill = () => process_.kill("SIGKILL");
  process.once("exit", kill); // a driver that breaks off leaves no browser behind
  let bidi;
  const close = async () => {
    await bidi?.send("browser.close", {}).catch(() => {});
    const timer = setTimeout(kill, bidi ? 5_000 : 0);
    await exited;
    clearTimeout(timer);
    process.off("exit", kill);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const address = await new Promise((resolve, reject) => {
      createInterface({ input: process_.stderr }).on("line", (line) => {
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
        if (found) resolve(found[1]);
        else if (process.env.FIREFOX_LOG) process.stderr.write(`${line}\n`);
      });
      process_.once("error", reject).once("exit", (code) => reject(new Error(`Firefox ended with ${code}`)));
    });
    bidi = await connect(`${address}/session`, heard);
    await bidi.send("session.new", { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
    await bidi.send("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
    const { contexts } = await bidi.send("browsingContext.getTree", {});
    return makePage(bidi, contexts[0].context, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function connect(address, heard) {
  const socket = new WebSocket(address, { maxPayload: 64 << 20 });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const waiting = new Map();
  let id = 0;
  socket.on("message", (data) => {
    const message = JSON.parse(data);
    if (message.type === "event") return heard?.(message.method, message.params);
    const { resolve, reject } = waiting.get(message.id) ?? {};
    waiting.delete(message.id);
    if (message.type === "success") resolve?.(message.result);
    else reject?.(new Error(`${message.error}: ${message.message}`));
  });
  socket.on("close", () => waiting.forEach(({ reject }) => reject(new Error("the browser has gone"))));
  return {
    send: (method, params) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) return reject(new Error("the browser has gone"));
        waiting.set(++id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params }));
      }),
  };
}

function makePage(bidi, context, close) {
  const evaluate = async (script) => {
    const expression = `(async () => JSON.stringify((await (${script})) ?? null))()`;
    // As of a user who has clicked: screens are shared after that alone.
    const said = await bidi.send("script.evaluate", { expression, target: { context }, awaitPromise: true, userActivation: true });
    if (said.type === "exception") throw new Error(said.exceptionDetails.text);
    return JSON.parse(said.result.value);
  };
  return { evaluate, goto: (url) => bidi.send("browsingContext.navigate", { context, url, wait: "complete" }), close };
}
