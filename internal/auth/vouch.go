package auth

import (
	"context"
	"net/http"
)

// vouched is the key of the sender in the context of a request.
type vouched struct{}

// Vouch returns a request that Authenticate takes as one of who: this process has
// verified its sender by other means, as the console does by a session. Nothing that
// comes over the network can say so.
func Vouch(r *http.Request, who Principal) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), vouched{}, who))
}

// vouchedFor is the sender that this process has verified already.
func vouchedFor(r *http.Request) (Principal, bool) {
	who, ok := r.Context().Value(vouched{}).(Principal)
	return who, ok
}
