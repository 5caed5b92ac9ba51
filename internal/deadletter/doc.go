// Package deadletter keeps Event Grid events that could not be delivered: in a
// folder, in Azure Blob Storage or in S3, under the paths and with the
// properties that Event Grid gives them. It owns those stores. A dead letter on
// its way is a message of the delivery engine, whose policy and senders it
// provides, and so survives the process.
//
// It obeys "Message delivery and retry" and "Dead letter and retry policies"
// (https://learn.microsoft.com/azure/event-grid/delivery-and-retry,
// https://learn.microsoft.com/azure/event-grid/manage-event-delivery).
package deadletter
