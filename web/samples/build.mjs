// Builds the sample pages into the directory that the server embeds, or into the
// one that is named: node web/samples/build.mjs [directory]. The tools are those
// of web/calling. What the server embeds of the library besides, the console's
// softphone, is built with it.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const calling = join(here, "..", "calling");
const { build } = createRequire(join(calling, "package.json"))("esbuild");
const out = resolve(process.argv[2] ?? join(here, "..", "..", "internal", "samples"));

for (const sample of ["rooms"]) {
  const to = join(out, sample);
  mkdirSync(to, { recursive: true });
  for (const file of ["index.html", "style.css"]) cpSync(join(here, sample, file), join(to, file));
  await build({
    absWorkingDir: here,
    entryPoints: [join(sample, "app.ts")],
    outfile: join(to, "app.js"),
    nodePaths: [join(calling, "node_modules")],
    bundle: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
}
if (!process.argv[2]) execFileSync(process.execPath, [join(here, "..", "console", "build.mjs"), "--phone"], { stdio: "inherit" });
