// Package sender carries Event Grid's events to the destinations that are not
// webhooks: queues of Azure Storage, NATS subjects, files of JSON lines, and the
// tail, which shows events to whoever follows them. Each is a delivery.Sender,
// chosen by the scheme of a message's URL; the delivery engine decides when, and
// how often.
//
// It obeys "Put Message" and "Authorize with Shared Key" of the Azure Storage
// REST API, and Event Grid's "Queue storage as an event handler".
package sender
