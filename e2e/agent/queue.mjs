// A reader of a storage queue, as customers write it with the official SDK:
//   node queue.mjs create NAME    makes the queue
//   node queue.mjs receive NAME   waits for an event, and prints it as JSON
// CONNECTION_STRING is the storage account's.
import { setTimeout as sleep } from "node:timers/promises";
import { EventGridDeserializer, isSystemEvent } from "@azure/eventgrid";
import { QueueServiceClient } from "@azure/storage-queue";

const [action, name] = process.argv.slice(2);
const queue = QueueServiceClient.fromConnectionString(process.env.CONNECTION_STRING).getQueueClient(name);

if (action === "create") {
  await queue.create();
} else {
  console.log(JSON.stringify(await receive(Date.now() + 60_000)));
}

async function receive(deadline) {
  for (;;) {
    const { receivedMessageItems } = await queue.receiveMessages();
    for (const message of receivedMessageItems) {
      const text = Buffer.from(message.messageText, "base64").toString();
      const [event] = await new EventGridDeserializer().deserializeEventGridEvents(text);
      await queue.deleteMessage(message.messageId, message.popReceipt);
      return { known: isSystemEvent("Microsoft.Communication.IncomingCall", event), event, expiresOn: message.expiresOn, insertedOn: message.insertedOn };
    }
    if (Date.now() > deadline) throw new Error(`no message came into ${name}`);
    await sleep(50);
  }
}
