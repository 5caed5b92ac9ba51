// Builds a page of the tests: node browser/build.mjs DIRECTORY SOURCE MODULES. The packages
// of pages are those of the node_modules directory; the tool is that of web/calling.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { build } = createRequire(join(here, "..", "..", "web", "calling", "package.json"))("esbuild");
const [directory, source, modules] = process.argv.slice(2);
await build({
  entryPoints: [join(here, source)],
  outfile: join(directory, "page.js"),
  alias: { "@azure/communication-calling": join(modules, "@azure", "communication-calling"), "@azure/communication-common": join(modules, "@azure", "communication-common") },
  bundle: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
