// Drives browsers for the tests: commands as lines of JSON on standard input,
// answers on standard output. One browser for each tab, since the sound of a
// browser's fake microphone is chosen when it starts.
//
//   {"id": 1, "do": "open", "tab": "a", "url": "http://…", "microphone": "/tmp/tone.wav", "camera": "/tmp/picture.y4m"}
//   {"id": 1, "do": "open", "tab": "f", "url": "http://…", "browser": "firefox", "pitch": 600}
//   {"id": 2, "do": "eval", "tab": "a", "code": "return call.state"}   the body of an async function
//   {"id": 3, "do": "shot", "tab": "a", "file": "/tmp/a.png"}
//   {"id": 4, "do": "close", "tab": "a"}
import { chromium } from "playwright-core";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { launchFirefox } from "./firefox.mjs";

const tabs = new Map();

/** How long anything may take, as the tests have it (ms): a limit ends what hangs, on a busy machine too. */
const PATIENCE = 90_000;

const FLAGS = [
  "--no-sandbox",
  // The second of its cameras is one of depth, whose pictures no call takes.
  "--use-fake-device-for-media-stream=device-count=3",
  // A page that shares shares itself: getDisplayMedia({preferCurrentTab: true}).
  "--auto-accept-this-tab-capture",
  "--enable-usermedia-screen-capturing",
  "--js-flags=--expose-gc",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
];

async function open(command) {
  return command.browser === "firefox" ? openFirefox(command) : openChromium(command);
}

/** It has the fake devices of its own; the microphone's gives a tone of `pitch`. */
async function openFirefox({ tab, url, pitch, permit }) {
  const errors = [];
  const said = [];
  const heard = (event, { type, level, text, request }) => {
    if (event === "network.beforeRequestSent") return check(request.url, errors);
    if (type === "javascript" && level === "error") errors.push(text);
    said.push(`${level === "warn" ? "warning" : level} ${text}`);
    process.stderr.write(`${tab}: ${text}\n`);
  };
  const page = await launchFirefox({ pitch, permit, heard });
  tabs.set(tab, { browser: page, page, errors, said });
  await page.goto(url);
}

/** Pages under test ask nobody but this machine. */
function check(url, errors) {
  const { protocol, hostname } = new URL(url);
  if (/^(http|ws)/.test(protocol) && !/^(127\.0\.0\.1|([a-z]+\.)?localhost|\[::1\])$/.test(hostname)) errors.push(`asks for ${url}`);
}

async function openChromium({ tab, url, microphone, camera, permit = true }) {
  const args = [...FLAGS];
  if (microphone) args.push(`--use-file-for-fake-audio-capture=${microphone}`);
  if (camera) args.push(`--use-file-for-fake-video-capture=${camera}`);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: permit ? args : args.filter((flag) => !flag.includes("fake-ui")), timeout: PATIENCE });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, permissions: permit ? ["microphone", "camera"] : [] });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => check(request.url(), errors));
  const said = [];
  page.on("console", (message) => {
    said.push(`${message.type()} ${message.text()}`);
    process.stderr.write(`${tab}: ${message.text()}\n`);
  });
  tabs.set(tab, { browser, page, context, errors, said });
  await page.goto(url);
}

const does = {
  open,
  eval: ({ tab, code }) => tabs.get(tab).page.evaluate(`(async () => { ${code} })()`),
  click: async ({ tab, selector }) => void (await tabs.get(tab).page.click(selector)),
  fill: async ({ tab, selector, text }) => void (await tabs.get(tab).page.fill(selector, text)),
  press: async ({ tab, keys }) => void (await tabs.get(tab).page.keyboard.press(keys)),
  goto: async ({ tab, url }) => void (await tabs.get(tab).page.goto(url)),
  shot: async ({ tab, file, width = 1000, height = 700, colors = "light" }) => {
    const { page } = tabs.get(tab);
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: colors, reducedMotion: "reduce" });
    await page.screenshot({ path: file });
  },
  // What axe-core finds wrong with the page, for people who do not see or use a mouse.
  axe: async ({ tab, colors = "light" }) => {
    const { page } = tabs.get(tab);
    await page.emulateMedia({ colorScheme: colors, reducedMotion: "reduce" });
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(" | ")}`);
  },
  // What Chromium does to a tab that nobody has looked at for long: no script runs.
  freeze: async ({ tab, on }) => {
    const { page, context } = tabs.get(tab);
    const session = await context.newCDPSession(page);
    await session.send("Page.setWebLifecycleState", { state: on ? "frozen" : "active" });
    await session.detach();
  },
  offline: async ({ tab, on }) => void (await tabs.get(tab).context.setOffline(on)),
  errors: ({ tab }) => tabs.get(tab).errors,
  said: ({ tab }) => tabs.get(tab).said,
  close: async ({ tab }) => {
    await tabs.get(tab)?.browser.close();
    tabs.delete(tab);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  Promise.resolve()
    .then(() => does[command.do](command))
    .then(
      (value) => process.stdout.write(JSON.stringify({ id: command.id, value: value ?? null }) + "\n"),
      (error) => process.stdout.write(JSON.stringify({ id: command.id, error: String(error?.message ?? error) }) + "\n"),
    );
}
await Promise.all([...tabs.values()].map(({ browser }) => browser.close()));
process.exit(0);
