// Builds the page of the UI library: node uilibrary/build.mjs DIRECTORY. Its imports of
// @azure/communication-calling get the package of web/calling, whose tools build it.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const calling = join(here, "..", "..", "web", "calling");
const { build } = createRequire(join(calling, "package.json"))("esbuild");
await build({
  entryPoints: [join(here, "page.tsx")],
  outfile: join(process.argv[2], "page.js"),
  alias: {
    "@azure/communication-calling": join(calling, "src", "index.ts"),
    "@azure/communication-calling-effects": join(here, "absent.ts"),
    "@azure/communication-chat": join(here, "absent.ts"),
  },
  nodePaths: [join(here, "node_modules")],
  define: { "process.env.NODE_ENV": '"production"' },
  bundle: true,
  minify: true,
  keepNames: true,
  legalComments: "none",
  jsx: "automatic",
  platform: "browser",
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
