// Reads events of Event Grid from files, as customers do with the official SDK,
// and prints for each file what the SDK makes of it, as a line of JSON:
//   node read.mjs FILE…
import { readFile } from "node:fs/promises";
import { EventGridDeserializer, isSystemEvent } from "@azure/eventgrid";

const consumer = new EventGridDeserializer();
for (const file of process.argv.slice(2)) {
  const text = await readFile(file, "utf8");
  const cloud = "specversion" in [JSON.parse(text)].flat()[0];
  const events = cloud ? await consumer.deserializeCloudEvents(text) : await consumer.deserializeEventGridEvents(text);
  for (const event of events) {
    const type = cloud ? event.type : event.eventType;
    console.log(JSON.stringify({ file, type, known: isSystemEvent(type, event), event }));
  }
}
