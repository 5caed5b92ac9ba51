// Event subscriptions, managed as on Azure: by the unmodified management client,
// given the server's address and a credential whose token the test brought.
import { EventGridManagementClient } from "@azure/arm-eventgrid";

// The two places of a resource's event subscriptions: below the resource itself
// and below the system topic of its events. Their operations differ in how they
// name them.
const places = (client, { resourceGroup, resource, topic }) => {
  const scope =
    `subscriptions/${client.subscriptionId}/resourceGroups/${resourceGroup}` +
    `/providers/Microsoft.Communication/communicationServices/${resource}`;
  const below = (operations, ...where) => ({
    create: (name, info) => operations.beginCreateOrUpdateAndWait(...where, name, info),
    update: (name, info) => operations.beginUpdateAndWait(...where, name, info),
    get: (name) => operations.get(...where, name),
    fullUrl: (name) => operations.getFullUrl(...where, name),
    attributes: (name) => operations.getDeliveryAttributes(...where, name),
    delete: (name) => operations.beginDeleteAndWait(...where, name),
  });
  return {
    resource: {
      ...below(client.eventSubscriptions, scope),
      list: () =>
        client.eventSubscriptions.listByResource(
          resourceGroup,
          "Microsoft.Communication",
          "communicationServices",
          resource,
        ),
    },
    topic: {
      ...below(client.systemTopicEventSubscriptions, resourceGroup, topic),
      list: () => client.systemTopicEventSubscriptions.listBySystemTopic(resourceGroup, topic),
    },
  };
};

export function management(endpoint) {
  let all;
  return {
    // Whoever manages: a token, and the resource's names.
    manageAs: ({ token, subscription, ...names }) => {
      const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
      all = places(new EventGridManagementClient(credential, subscription, { endpoint }), names);
    },
    manage: ({ place, operation, name, info }) => all[place][operation](name, info),
    listSubscriptions: async ({ place }) => {
      const found = [];
      for await (const subscription of all[place].list()) found.push(subscription);
      return found;
    },
  };
}
