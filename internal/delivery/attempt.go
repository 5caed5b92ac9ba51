package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Bounds of what is read of an answer, in bytes: enough to use its connection
// again, and what is kept of it.
const (
	maxAnswer  = 64 << 10
	keptAnswer = 256
)

// errNotSent marks attempts that failed before anything was sent.
var errNotSent = errors.New("not sent")

// fly makes an attempt in a goroutine of its own.
func (e *Engine) fly(r *record) {
	r.state, r.started, r.due = flying, time.Now(), time.Time{}
	r.attempts++
	delete(r.to.skipped, r)
	r.to.active++
	e.inFlight++
	if r.attempts == 1 {
		e.metrics.firstAttempt.WithLabelValues(r.msg.Policy).Observe(r.started.Sub(r.posted).Seconds())
	}
	r.bodyFrom = 0
	if r.bodyAway {
		r.bodyFrom = r.home.number
	}
	m, policy, attempt, seq, page := r.msg, r.policy, r.attempts, r.seq, r.bodyFrom
	e.work.Go(func() {
		begun := time.Now()
		o := e.attempt(&m, policy, attempt, page, seq)
		o.Attempt, o.Latency = attempt, time.Since(begun)
		e.tell(func() { e.landed(r, o) })
	})
}

// attempt posts a message once. Where its body is not in memory, the given
// page of the journal has it.
func (e *Engine) attempt(m *Message, policy *Policy, attempt int, page, seq uint64) Outcome {
	ctx, cancel := context.WithTimeoutCause(e.flights, policy.Timeout, fmt.Errorf("no answer within %s", policy.Timeout))
	defer cancel()
	if page != 0 {
		content, err := e.contentOf(ctx, page, seq)
		if err != nil {
			return Outcome{Err: fmt.Errorf("%w: read the body from the journal: %w", errNotSent, err)}
		}
		if *m, err = decodeMessage(content); err != nil {
			return Outcome{Err: fmt.Errorf("%w: %w", errNotSent, err)}
		}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return Outcome{Err: fmt.Errorf("%w: %w", errNotSent, withoutURL(err))}
	}
	req.Header.Set("User-Agent", "Switchhook")
	for name, value := range m.Header {
		req.Header.Set(name, value)
	}
	if policy.Prepare != nil {
		if err := policy.Prepare(req, m, attempt); err != nil {
			return Outcome{Err: fmt.Errorf("%w: prepare: %w", errPrepare, err)}
		}
	}
	return e.post(ctx, req)
}

// errPrepare marks a refusal by the policy's own hook, which ends a message.
var errPrepare = fmt.Errorf("%w by its policy", errNotSent)

func (e *Engine) post(ctx context.Context, req *http.Request) Outcome {
	answer, err := e.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return Outcome{Err: withoutURL(err)}
	}
	defer answer.Body.Close()
	body := make([]byte, keptAnswer)
	n, _ := io.ReadFull(answer.Body, body)
	// The status has been given; what happens to the rest changes nothing.
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer-int64(n))
	return Outcome{Status: answer.StatusCode, RetryAfter: retryAfter(answer.Header.Get("Retry-After")), answer: body[:n]}
}

// withoutURL strips the address, whose query may hold a secret.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// retryAfter reads the header's seconds or date; RFC 9110 §10.2.3.
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), 86400)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Until(at), 0)
	}
	return 0
}
