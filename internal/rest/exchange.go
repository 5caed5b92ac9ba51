package rest

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

const (
	headerRequestID       = "X-Ms-Request-Id"
	headerClientRequestID = "X-Ms-Client-Request-Id"
	headerErrorCode       = "X-Ms-Error-Code"
	headerChainID         = "X-Microsoft-Skype-Chain-Id"

	maxClientRequestID = 128
)

// exchange is the state of one request and its response, and the request's context. What
// every request needs is in it, so that it takes no memory of its own.
type exchange struct {
	context.Context           // of the connection
	ids             [3]string // values of header fields
	again           unread    // the body, for the handler
	router          *Router
	route           *route // nil until it is found
	id              string
	started         time.Time
	body            []byte
	bodyRead        bool
	reserved        int64 // bytes of the budget of bodies
	known           bool  // the sender has shown credentials
	sender          auth.Principal
	version         string
	faults          *faultTable
	failure         error // that the client was answered with, for the log
	afterwards      []func()
}

type exchangeKey struct{}

func newExchange(rt *Router, r *http.Request) *exchange {
	return &exchange{Context: r.Context(), router: rt, id: identifier.NewGUID(), started: rt.cfg.Now(), faults: faultsOf(r.URL.Path)}
}

// Value implements context.Context.
func (ex *exchange) Value(key any) any {
	if key == (exchangeKey{}) {
		return ex
	}
	return ex.Context.Value(key)
}

// log writes what is to be said of the request.
func (ex *exchange) log() *slog.Logger { return ex.router.cfg.Log.With("request", ex.id) }

// unread is a body that is in memory.
type unread struct{ bytes.Reader }

// Close implements io.Closer.
func (*unread) Close() error { return nil }

func exchangeOf(ctx context.Context) *exchange {
	ex, _ := ctx.Value(exchangeKey{}).(*exchange)
	return ex
}

// APIVersion returns the request's api-version, such as "2026-03-12".
func APIVersion(ctx context.Context) string {
	if ex := exchangeOf(ctx); ex != nil {
		return ex.version
	}
	return ""
}

// Sender returns the authenticated sender of the request.
func Sender(ctx context.Context) auth.Principal {
	if ex := exchangeOf(ctx); ex != nil {
		return ex.sender
	}
	return auth.Principal{}
}

// Origin returns scheme and host under which the client reaches the server,
// such as "https://localhost:8443".
func Origin(r *http.Request) string {
	hosts := auth.NewHosts()
	if ex := exchangeOf(r.Context()); ex != nil {
		hosts = ex.router.cfg.Hosts
	}
	return hosts.Origin(r)
}

// SetChainID puts a call's correlation id on the answer; without it the answer
// carries a fresh one.
func SetChainID(w http.ResponseWriter, id string) { w.Header().Set(headerChainID, id) }

// setRequestIDs sets the headers that relate the response to its request.
func (ex *exchange) setRequestIDs(h http.Header, r *http.Request) {
	ex.ids[0] = ex.id
	h[headerRequestID] = ex.ids[:1:1]
	if id := r.Header.Get(headerClientRequestID); id != "" && len(id) <= maxClientRequestID && isPrintable(id) {
		ex.ids[1] = id
		h[headerClientRequestID] = ex.ids[1:2:2]
	}
}

func isPrintable(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// finish writes the access log's line and counts the request.
func (ex *exchange) finish(ans *answer, r *http.Request) {
	took := ex.router.cfg.Now().Sub(ex.started)
	pattern, method := "unknown", "other"
	if ex.route != nil {
		pattern, method = ex.route.pattern, ex.route.method
	}
	ex.router.metrics.served(method, pattern, ans.status, took)
	ex.watch(ans, r, took)
	level, unlogged := ex.logLevel(ans)
	if !ex.router.cfg.Log.Enabled(r.Context(), level) {
		return
	}
	attrs := []any{"method", clip(r.Method), "route", pattern, "path", clip(r.URL.Path), "status", ans.status, "took", took,
		"sent", ans.sent, "client", r.RemoteAddr, "sender", cmp.Or(ex.sender.KeyID, ex.sender.Subject)}
	if ex.failure != nil {
		attrs = append(attrs, "failure", ex.failure.Error())
	}
	if unlogged > 0 {
		attrs = append(attrs, "lines_left_out_before", unlogged)
	}
	ex.log().Log(r.Context(), level, "request served", attrs...)
}

// loggedRefusals is how many refusals of strangers are logged: who has no credentials must
// not be able to fill a disk.
var loggedRefusals = ratelimit.Rate{PerSecond: 10, Burst: 500}

// logLevel is the level of the line about an exchange: what failed is told to everybody who
// reads the log, of strangers as far as it is not too much. unlogged is how many refusals of
// strangers were left out before this one.
func (ex *exchange) logLevel(ans *answer) (level slog.Level, unlogged uint64) {
	rt := ex.router
	switch {
	case ans.status < 400:
		return slog.LevelDebug, 0
	case ex.sender != auth.Principal{}:
		return slog.LevelInfo, 0
	case !rt.refusals.Allow(rt.cfg.Now()):
		rt.unlogged.Add(1)
		return slog.LevelDebug, 0
	}
	return slog.LevelInfo, rt.unlogged.Swap(0)
}

// clip bounds a text of the sender that a message or the log repeats.
func clip(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
