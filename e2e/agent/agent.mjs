// The customer's application of the end-to-end tests: the unmodified SDKs, driven
// by JSON lines. A test writes {"id","command","arguments"} to standard input and
// reads {"reply":id,…} and {"event":…} from standard output; it takes every
// decision, the agent none.
//
// Environment: CONNECTION_STRING, SOUNDS (a directory of WAV files), and where
// wanted PORT (0 takes a free one), SOURCE_IDENTITY (a user's raw id) and
// CALL_AUTOMATION (the package of an old release).
import { createInterface } from "node:readline";
import { commandsOf } from "./commands.mjs";
import { streamServer } from "./streams.mjs";
import { tokenVerifier } from "./tokens.mjs";
import { webServer } from "./web.mjs";

const write = (line) => process.stdout.write(JSON.stringify(line) + "\n");

const connection = process.env.CONNECTION_STRING;
const verify = tokenVerifier(connection);
const web = await webServer({ port: Number(process.env.PORT ?? 0), sounds: process.env.SOUNDS, verify, write });
const commands = {
  ...commandsOf(connection, process.env.SOURCE_IDENTITY, web),
  ...(await streamServer({ verify, write })),
};

const describe = (error) => ({
  name: error.name,
  message: error.message,
  code: error.code,
  statusCode: error.statusCode,
});

async function run({ id, command, arguments: values }) {
  try {
    if (!commands[command]) throw new Error(`there is no command ${command}`);
    write({ reply: id, result: (await commands[command](values ?? {})) ?? null });
  } catch (error) {
    write({ reply: id, error: describe(error) });
  }
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => run(JSON.parse(line)));
lines.on("close", () => process.exit(0)); // the test is over

write({ event: "ready", url: web.url });
