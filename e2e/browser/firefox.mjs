// Drives the installed Firefox by WebDriver BiDi, as far as the driver needs a browser: a
// page that runs scripts, and is clicked and typed into.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import WebSocket from "ws";

/** Devices without hardware; and media over loopback, where the server of the tests is, which needs that the page may use devices. */
const PREFERENCES = {
  "media.navigator.streams.fake": true,
  "media.cubeb.force_mock_context": true,
  "media.autoplay.default": 0,
  "media.peerconnection.ice.loopback": true,
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

/** Starts a browser whose microphone gives a tone of `pitch`. It gives its page. */
export async function launchFirefox({ pitch = 1000, permit = true, preferences = {}, heard }) {
  const profile = mkdtempSync(join(tmpdir(), "firefox-"));
  const all = { ...PREFERENCES, "media.navigator.audio.fake_frequency": pitch, "permissions.default.microphone": permit ? 1 : 2, "permissions.default.camera": permit ? 1 : 2, ...preferences };
  writeFileSync(join(profile, "user.js"), Object.entries(all).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
  const process_ = spawn(process.env.FIREFOX ?? "/usr/bin/firefox-esr", ["--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile, "about:blank"], {
    env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: "1", HOME: profile },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise((resolve) => process_.once("exit", resolve));
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: process_.stderr }).on("line", (line) => {
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line);
      if (found) resolve(found[1]);
      else if (process.env.FIREFOX_LOG) process.stderr.write(`${line}\n`);
    });
    process_.once("exit", (code) => reject(new Error(`Firefox ended with ${code}`)));
  });
  const bidi = await connect(`${address}/session`, heard);
  await bidi.send("session.new", { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
  await bidi.send("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
  const { contexts } = await bidi.send("browsingContext.getTree", {});
  return makePage(bidi, contexts[0].context, async () => {
    await bidi.send("browser.close", {}).catch(() => {});
    const timer = setTimeout(() => process_.kill("SIGKILL"), 5_000);
    await exited;
    clearTimeout(timer);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
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
  const act = (actions) => bidi.send("input.performActions", { context, actions });
  const middle = (selector) =>
    evaluate(`(async () => {
      for (let end = Date.now() + 30000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
        const found = document.querySelector(${JSON.stringify(selector)});
        if (found && !found.disabled && found.checkVisibility()) {
          found.scrollIntoView({block: "center"});
          const {x, y, width, height} = found.getBoundingClientRect();
          return [Math.round(x + width / 2), Math.round(y + height / 2)];
        }
        if (Date.now() > end) throw new Error("nothing to click: " + ${JSON.stringify(selector)});
      }
    })()`);
  const press = (keys) => act([{ type: "key", id: "keys", actions: keys.flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]) }]);
  const click = async (selector) => {
    const [x, y] = await middle(selector);
    await act([{ type: "pointer", id: "mouse", actions: [{ type: "pointerMove", x, y }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }] }]);
  };
  return {
    evaluate,
    click,
    goto: (url) => bidi.send("browsingContext.navigate", { context, url, wait: "complete" }),
    fill: async (selector, text) => {
      await click(selector);
      await evaluate(`document.querySelector(${JSON.stringify(selector)}).select()`);
      await press([...text]);
    },
    screenshot: async (width, height) => {
      await bidi.send("browsingContext.setViewport", { context, viewport: { width, height } });
      return Buffer.from((await bidi.send("browsingContext.captureScreenshot", { context })).data, "base64");
    },
    close,
    bidi,
    context,
  };
}
