// Builds a page with a bundler, as an application of pages does: node browser/bundle.mjs
// BUNDLER ENTRY OUT, in whose directories the packages are installed.
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

const [bundler, entry, out] = process.argv.slice(2);
// Those of web/calling, which is no dependency of these tests.
const esbuild = () => createRequire(join(import.meta.dirname, "../../web/calling/package.json"))("esbuild");

const bundlers = {
  esbuild: () => esbuild().build({ entryPoints: [entry], outfile: join(out, "page.js"), bundle: true, format: "esm", target: "es2022", logLevel: "warning" }),
  vite: async () => {
    const { build } = await import("vite");
    const lib = { entry: basename(entry), formats: ["es"], fileName: () => "page.js" };
    await build({ root: dirname(entry), configFile: false, logLevel: "warn", build: { outDir: out, emptyOutDir: false, lib } });
  },
  webpack: async () => {
    const { default: webpack } = await import("webpack");
    await new Promise((resolve, reject) => {
      webpack({ mode: "production", context: dirname(entry), entry, output: { path: out, filename: "page.js" }, performance: false }, (error, stats) =>
        error || stats.hasErrors() || stats.hasWarnings() ? reject(error ?? new Error(stats.toString())) : resolve(),
      );
    });
  },
};
await bundlers[bundler]();
