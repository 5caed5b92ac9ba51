// Package eventgrid tells applications of what happens to the resource: it is
// Azure Event Grid for one Communication Services resource. It owns the event
// subscriptions, their REST interface in ARM's shape, the handshake by which a
// webhook consents to them, their filters, and the events' documented shapes.
// It hands what must be sent to the delivery engine, and retries nothing itself.
//
// It obeys Event Grid's own documentation: the Event Grid event schema
// (dataVersion "1.0", metadataVersion "1") and that of CloudEvents 1.0,
// "Webhook event delivery" for the handshakes, with "HTTP 1.1 Web Hooks for
// Event Delivery" for that of CloudEvents, "Message delivery and retry" for
// retryPolicy, "Event filtering", "Delivery properties", and the management
// API's eventSubscriptions (2022-06-15). The data and subjects are those of
// "Communication Services voice and video calling events".
package eventgrid
