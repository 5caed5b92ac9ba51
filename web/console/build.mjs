// Builds the console into the directory that the server embeds, or into the one that
// is named: node web/console/build.mjs [directory]. esbuild and TypeScript are those of
// web/calling; --check also looks at the types; --phone builds the softphone alone,
// which contains web/calling.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const calling = join(here, "..", "calling");
const tools = createRequire(join(calling, "package.json"));
const { build } = tools("esbuild");
const check = process.argv.includes("--check");
const out = resolve(process.argv.slice(2).find((word) => !word.startsWith("-")) ?? join(here, "..", "..", "internal", "console", "page"));

if (check) execFileSync(process.execPath, [join(dirname(tools.resolve("typescript/package.json")), "bin", "tsc"), "-p", here], { stdio: "inherit" });
mkdirSync(out, { recursive: true });
const common = { absWorkingDir: here, bundle: true, minify: true, legalComments: "none", logLevel: "warning" };
const script = { ...common, nodePaths: [join(here, "node_modules"), join(calling, "node_modules")], platform: "browser", format: "esm", target: "es2022" };
// A file of its own, which the page loads when somebody calls.
await build({ ...script, entryPoints: ["src/phone/index.ts"], outfile: join(out, "phone.js") });
if (!process.argv.includes("--phone")) {
  for (const file of ["index.html", "icon.svg", "welcome.wav"]) cpSync(join(here, "src", file), join(out, file));
  await build({ ...common, entryPoints: ["src/style.css"], outfile: join(out, "style.css") });
  await build({ ...script, entryPoints: ["src/main.tsx"], outfile: join(out, "app.js"), jsx: "automatic", jsxImportSource: "preact" });
}
