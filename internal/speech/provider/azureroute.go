package provider

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// routed is where an address leads: a resource with a domain of its own may be served
// by the hosts of its region, and says so. The key is sent there only if the host is
// Microsoft's, or the very one that is configured.
func (a *Azure) routed(ctx context.Context, to *url.URL) *url.URL {
	if a.cfg.Endpoint == nil {
		return to
	}
	a.mu.Lock()
	known, found := a.routes[to.Path]
	a.mu.Unlock()
	if !found {
		var answered bool
		if known, answered = a.probe(ctx, to); answered {
			a.mu.Lock()
			a.routes[to.Path] = known
			a.mu.Unlock()
		}
	}
	if known == nil {
		return to
	}
	there := *known
	query := there.Query()
	for name, values := range to.Query() {
		query[name] = values
	}
	there.RawQuery = query.Encode()
	return &there
}

// probe asks where an address leads; nil: nowhere else.
func (a *Azure) probe(ctx context.Context, to *url.URL) (there *url.URL, answered bool) {
	ctx, cancel := context.WithTimeout(ctx, connectWithin)
	defer cancel()
	ask := *to
	ask.RawQuery = url.Values{"GenerateRedirectResponse": {"true"}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, ask.String(), nil)
	if err != nil {
		return nil, false
	}
	response, err := a.client.Do(r)
	if err != nil {
		return nil, false
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, 4096))
	there, err = url.Parse(strings.TrimSpace(string(text)))
	if response.StatusCode != http.StatusOK || err != nil || !azureHost(there, to) {
		return nil, response.StatusCode < 500
	}
	there.Scheme = strings.Replace(there.Scheme, "ws", "http", 1)
	return there, true
}

// azureHost reports whether the key may be sent to an address that the resource names.
func azureHost(there, configured *url.URL) bool {
	if there.Host == configured.Host {
		return there.Scheme != ""
	}
	if there.Scheme != "https" && there.Scheme != "wss" {
		return false
	}
	for _, domain := range []string{".speech.microsoft.com", ".speech.azure.us", ".speech.azure.cn"} {
		if strings.HasSuffix(strings.ToLower(there.Hostname()), domain) {
			return true
		}
	}
	return false
}
