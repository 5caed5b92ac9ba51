// Builds the page of the tests: node browser/build.mjs DIRECTORY. The tools are
// those of web/calling.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const calling = join(here, "..", "..", "web", "calling");
const { build } = createRequire(join(calling, "package.json"))("esbuild");
await build({
  entryPoints: [join(here, "page.ts")],
  outfile: join(process.argv[2], "page.js"),
  nodePaths: [join(calling, "node_modules")],
  bundle: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
