// Builds a page of the tests: node browser/build.mjs DIRECTORY [SOURCE]. The tools are
// those of web/calling, which pages get under the name that they know, too.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const calling = join(here, "..", "..", "web", "calling");
const { build } = createRequire(join(calling, "package.json"))("esbuild");
await build({
  entryPoints: [join(here, process.argv[3] ?? "page.ts")],
  outfile: join(process.argv[2], "page.js"),
  alias: { "@azure/communication-calling": join(calling, "src", "index.ts") },
  nodePaths: [join(calling, "node_modules")],
  bundle: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
