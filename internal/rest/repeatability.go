package rest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

const (
	headerRepeatabilityID     = "Repeatability-Request-Id"
	headerRepeatabilitySent   = "Repeatability-First-Sent"
	headerRepeatabilityResult = "Repeatability-Result"

	repeatabilityAge   = 24 * time.Hour
	repeatabilityLimit = 20_000    // answers kept
	maxRepeatable      = 128 << 10 // bytes of a body that is kept: a call of 350 participants
	maxRepeatables     = 64 << 20  // bytes of all answers that are kept
	repeatableTimeout  = time.Minute
)

// Repeatability is a store of the responses of repeatable requests: for a day, at
// most 20,000 of them with 64 MB. A request with the id of an earlier one gets that one's
// response; one that comes while the first is in progress waits for it.
type Repeatability struct {
	answers *store.Collection[Answer]

	mu         sync.Mutex
	inProgress map[string]*flight // by id
}

// flight is a repeatable request in progress.
type flight struct {
	request string
	done    chan struct{}
	answer  *Answer // after done; nil when it is not to be repeated
}

// NewRepeatability keeps answers in a collection of that name: in
// store.InMemory() for operations whose effects end with the process, on the
// backbone for those that outlive it.
func NewRepeatability(backend store.Backend, name string) (*Repeatability, error) {
	answers, err := store.NewCollection(backend, storedAnswers.Named(name), store.WithTTL(repeatabilityAge), store.WithLimit(repeatabilityLimit), store.WithBytes(maxRepeatables))
	if err != nil {
		return nil, err
	}
	return &Repeatability{answers: answers, inProgress: make(map[string]*flight)}, nil
}

// Close ends the collection. Call it before the backbone is closed.
func (p *Repeatability) Close() { p.answers.Close() }

// repetitionID returns the request's repeatability id, or "" when it has none.
func repetitionID(r *http.Request, now time.Time) (string, error) {
	id, sent := r.Header.Get(headerRepeatabilityID), r.Header.Get(headerRepeatabilitySent)
	if id == "" && sent == "" {
		return "", nil
	}
	if id == "" || sent == "" {
		return "", fault.Invalid("Repeatability-Request-ID and Repeatability-First-Sent come together or not at all")
	}
	parsed, err := uuid.Parse(id)
	if err != nil || len(id) != len(uuid.Nil.String()) {
		return "", Field("Repeatability-Request-ID", fault.Invalid("Repeatability-Request-ID %q is not a UUID", clip(id)))
	}
	at, err := http.ParseTime(sent)
	if err != nil {
		if at, err = time.Parse(time.RFC3339, sent); err != nil {
			return "", Field("Repeatability-First-Sent", fault.Invalid("Repeatability-First-Sent %q is not a date such as %q", clip(sent), now.UTC().Format(http.TimeFormat)))
		}
	}
	if now.Sub(at) > repeatabilityAge {
		return "", &statusError{status: http.StatusPreconditionFailed,
			cause: fault.Precondition("the request was first sent more than 24 hours ago; the server no longer knows whether it was served")}
	}
	return parsed.String(), nil
}

// fingerprint tells requests apart that must not share an id: those of other senders too. The
// zero sender is of answers that earlier versions have stored.
func fingerprint(r *http.Request, body []byte, sender auth.Principal) string {
	hash := sha256.New()
	var room [2 * sha256.Size]byte
	if sender != (auth.Principal{}) {
		hash.Write(fmt.Appendf(room[:0], "%q %q %q\n", sender.KeyID, sender.Issuer, sender.Subject))
	}
	hash.Write(append(append(append(append(room[:0], r.Method...), '\n'), r.URL.RequestURI()...), '\n'))
	hash.Write(body)
	var sum [sha256.Size]byte
	return string(hex.AppendEncode(room[:0], hash.Sum(sum[:0])))
}

// serve answers with what is remembered under the id, or runs the handler and
// remembers its answer.
func (p *Repeatability) serve(ex *exchange, ans *answer, r *http.Request, id string) error {
	request := fingerprint(r, ex.body, ex.sender)
	for {
		p.mu.Lock()
		under, busy := p.inProgress[id]
		if !busy {
			under = &flight{request: request, done: make(chan struct{})}
			p.inProgress[id] = under
		}
		p.mu.Unlock()
		if !busy {
			return p.first(ex, ans, r, id, under)
		}
		if under.request != request {
			return otherRequest()
		}
		select {
		case <-under.done:
		case <-r.Context().Done():
			return context.Cause(r.Context())
		}
		if under.answer != nil {
			return under.answer.repeat(ans, request)
		}
	}
}

// first serves a request while others of its id wait.
func (p *Repeatability) first(ex *exchange, ans *answer, r *http.Request, id string, own *flight) error {
	defer func() {
		p.mu.Lock()
		delete(p.inProgress, id)
		p.mu.Unlock()
		close(own.done)
	}()
	remembered, err := p.answers.Get(r.Context(), id)
	if err == nil {
		if remembered.Request == fingerprint(r, ex.body, auth.Principal{}) { // of a version before
			remembered.Request = own.request
		}
		if remembered.Request == own.request {
			own.answer = &remembered
		}
		return remembered.repeat(ans, own.request)
	}
	if !fault.Is(err, fault.KindNotFound) {
		return err
	}
	// The work goes on when the client leaves: it will ask again for the answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), repeatableTimeout)
	defer cancel()
	kept := &recorder{header: make(http.Header)}
	inner := &answer{ResponseWriter: kept, exchange: ex}
	if err := ex.handle(inner, r.WithContext(ctx)); err != nil {
		inner.fail(r.WithContext(ctx), err)
	}
	got := &Answer{Request: own.request, Status: kept.status, Header: kept.header, Body: kept.body.Bytes()}
	if got.repeatable() {
		own.answer = got
		if err := p.keep(ctx, id, *got); err != nil {
			ex.log().Error("response cannot be stored for repetition", "failure", err)
		}
	}
	return got.repeat(ans, own.request)
}

func (p *Repeatability) keep(ctx context.Context, id string, got Answer) error {
	if len(got.Body) > maxRepeatable {
		return fmt.Errorf("its body has %d bytes, more than %d", len(got.Body), maxRepeatable)
	}
	return p.answers.Put(ctx, id, got)
}
