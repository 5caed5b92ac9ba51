// Package report keeps what Event Grid reports of deliveries: the documented
// names of outcomes, the log of failed attempts (AegDeliveryFailureLogs), and
// the metrics of deliveries and dead letters by subscription. It observes the
// delivery engine, and decides nothing.
//
// It obeys "Message delivery and retry", "Diagnostic logs" and "Metrics
// supported by Event Grid".
package report
