package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/listen"
)

// openProfile opens the listener of Go's profiles and execution traces. It is off by
// default and on loopback only: profiles show what the memory holds, and taking them
// costs time.
func (p *parts) openProfile(ctx context.Context) error {
	if p.cfg.Profile == "" {
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.cfg.Profile)
	if err != nil {
		return listen.Error("profile", p.cfg.Profile, err)
	}
	server := &http.Server{Handler: ownPages(ourNames(auth.NewHosts(p.cfg.PublicHosts...)), admin.Profiles()), ReadHeaderTimeout: headerTimeout, IdleTimeout: time.Minute}
	p.later(server.Close)
	p.work.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			p.log.Error("the listener of profiles failed", "address", listener.Addr().String(), "error", err)
		}
	})
	p.log.Info("profiles are served", "address", fmt.Sprintf("http://%s/debug/pprof/", listener.Addr()))
	return nil
}

// ownPages keeps out what a page of another site makes the browser of this machine ask for,
// under its own name (DNS rebinding) or ours.
func ownPages(ours func(http.ResponseWriter, *http.Request) bool, profiles http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch from := r.Header.Get("Sec-Fetch-Site"); {
		case !ours(w, r):
		case from == "cross-site" || from == "same-site":
			http.Error(w, "profiles are not for pages of other sites", http.StatusForbidden)
		default:
			profiles.ServeHTTP(w, r)
		}
	})
}
