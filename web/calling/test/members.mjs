// Prints what the package exports, by the compiler: of each class, interface and object its
// members, and the events that `on` takes; of each set of texts its values.
//
//   {"Call": {"members": ["id", …], "events": ["idChanged", …]}, "CallState": {"members": ["Connected", …], "events": []}}
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = join(dirname(fileURLToPath(import.meta.url)), "..");
const read = ts.readConfigFile(join(here, "tsconfig.json"), ts.sys.readFile);
const { options, fileNames } = ts.parseJsonConfigFileContent(read.config, ts.sys, here);
const program = ts.createProgram(fileNames, { ...options, noEmit: true });
const checker = program.getTypeChecker();
const index = program.getSourceFile(join(here, "src", "index.ts"));

const ours = (symbol) => symbol.declarations?.some((one) => one.getSourceFile().fileName.startsWith(join(here, "src")));
const texts = (type) => (type.isUnion() ? type.types : [type]).filter((one) => one.isStringLiteral()).map((one) => one.value);

/** The texts that the first argument of `on` may be. */
function eventsOf(type) {
  const on = type.getProperty("on");
  if (!on) return [];
  const signatures = checker.getTypeOfSymbol(on).getCallSignatures();
  return signatures.flatMap((one) => texts(checker.getTypeOfSymbol(one.parameters[0])));
}

const all = {};
for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(index))) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  if (!ours(symbol) || symbol.name !== exported.name) continue; // the other name has its members
  const value = symbol.flags & (ts.SymbolFlags.Variable | ts.SymbolFlags.Enum);
  const type = value ? checker.getTypeOfSymbol(symbol) : checker.getDeclaredTypeOfSymbol(symbol);
  const values = texts(type);
  const named = type.getProperties().filter(ours).map(({ name }) => name).filter((name) => !["on", "off", "featureOf"].includes(name));
  const members = [...new Set(values.length > 0 ? values : named)].sort();
  const events = [...new Set(eventsOf(type))].sort();
  if (members.length + events.length > 0) all[exported.name] = { members, events };
}
process.stdout.write(JSON.stringify(all, null, 1) + "\n");
