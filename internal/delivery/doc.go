// Package delivery is the scheduler of deliveries: it posts messages to webhooks,
// and hands them to other senders, in order within a lane, retried by the rules
// of their policies, at least once even if the process is killed. The schedule is in
// memory and changes in turns (turn.go): one at a time, each in the goroutine that asks
// for it. A message is accepted when package journal has written it, and is sent only
// then.
//
// It owns lanes, queues, retries, circuit breakers, rate limits and batches, and
// the HTTP client of webhooks. What is on disk is journal's, the record of
// attempts history's; policies and other senders are the publishers'. It obeys
// docs/architecture.md, "Inside delivery" and "What survives".
package delivery
