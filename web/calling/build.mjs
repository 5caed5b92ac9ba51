// Builds what package.json names: one bundle for import, one for require, and the types.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
process.chdir(here);
rmSync("dist", { recursive: true, force: true });

const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
execFileSync(process.execPath, [join(dirname(typescript), "bin", "tsc"), "-p", "."], { stdio: "inherit" });

const common = { entryPoints: ["src/index.ts"], bundle: true, platform: "browser", target: "es2022", external: ["@azure/*"], minifySyntax: true, minifyWhitespace: true };
await build({ ...common, format: "esm", outfile: "dist/index.mjs" });
await build({ ...common, format: "cjs", outfile: "dist/index.cjs" });
