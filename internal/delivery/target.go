package delivery

import (
	"net/url"

	"github.com/switchhook/switchhook/internal/httpclient"
)

// target is where messages of one URL go. Nobody changes it: attempts read it too.
type target struct {
	url     *url.URL
	address string             // scheme, host and port
	post    *httpclient.Target // nil: attempts are requests of net/http, or none of HTTP
}

// maxTargets bounds the URLs that are kept prepared. Those of callbacks often have the
// name of their call, so that a few thousand come and go while as many calls do.
// Longer ones than longestTarget, in bytes, are prepared each time, so that all together take a
// few megabytes at most.
const (
	maxTargets    = 1024
	longestTarget = 1 << 10
)

// targets keeps the URLs of messages prepared. They change in turns.
type targets map[string]*target

// of prepares a URL, or fails as url.Parse does.
func (t targets) of(text string, transport *httpclient.Transport) (*target, error) {
	if known := t[text]; known != nil {
		return known, nil
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	made := &target{url: u, address: addressOf(u)}
	if transport != nil {
		made.post = transport.Target(u)
	}
	if len(text) > longestTarget {
		return made, nil
	}
	if len(t) >= maxTargets {
		clear(t)
	}
	t[text] = made
	return made, nil
}

// addressOf is where a URL leads to, whatever its path: the address of a destination.
func addressOf(u *url.URL) string { return u.Scheme + "://" + u.Host }
