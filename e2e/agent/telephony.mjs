// Trunks, routes and phone numbers, with the SDK of phone numbers. It is loaded
// by the first command that needs it.
const polling = { intervalInMs: 100, updateIntervalInMs: 100 };

async function collect(pages) {
  const list = [];
  for await (const one of pages) list.push(one);
  return list;
}

export function telephony(connectionString) {
  const load = async (name) => {
    const sdk = await import("@azure/communication-phone-numbers");
    return new sdk[name](connectionString);
  };
  const routing = (use) => async (values) => use(await load("SipRoutingClient"), values);
  const numbers = (use) => async (values) => use(await load("PhoneNumbersClient"), values);
  return {
    setTrunks: routing((client, { trunks }) => client.setTrunks(trunks)),
    setTrunk: routing((client, { trunk }) => client.setTrunk(trunk)),
    getTrunk: routing((client, { fqdn }) => client.getTrunk(fqdn)),
    deleteTrunk: routing((client, { fqdn }) => client.deleteTrunk(fqdn)),
    listTrunks: routing((client) => collect(client.listTrunks())),
    setRoutes: routing((client, { routes }) => client.setRoutes(routes)),
    listRoutes: routing((client) => collect(client.listRoutes())),
    listNumbers: numbers((client) => collect(client.listPurchasedPhoneNumbers())),
    getNumber: numbers((client, { number }) => client.getPurchasedPhoneNumber(number)),
    searchNumbers: numbers(async (client, search) => {
      const poller = await client.beginSearchAvailablePhoneNumbers(search, polling);
      return poller.pollUntilDone();
    }),
    purchaseNumbers: numbers(async (client, { searchId }) => {
      await (await client.beginPurchasePhoneNumbers(searchId, polling)).pollUntilDone();
    }),
    updateCapabilities: numbers(async (client, { number, calling }) => {
      const poller = await client.beginUpdatePhoneNumberCapabilities(number, { calling, sms: "none" }, polling);
      return poller.pollUntilDone();
    }),
    releaseNumber: numbers(async (client, { number }) => {
      await (await client.beginReleasePhoneNumber(number, polling)).pollUntilDone();
    }),
  };
}
