package storage

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/switchhook/switchhook/internal/outbound"
)

// NewClient returns a client for Azure Blob Storage and S3: few hosts, many
// connections, no redirects. A service that does not begin to answer within a
// minute has failed; the transfer itself may last as long as the context. allow, if
// it is not nil, refuses addresses just before they are connected to: of places
// that an application named.
func NewClient(allow func(netip.Addr) error) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if allow != nil {
		transport.Proxy = nil // it would be the proxy's address that is checked
		dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			return allow(to.Addr().Unmap())
		}}
		transport.DialContext = dialer.DialContext
	}
	transport.MaxIdleConnsPerHost = 64
	transport.ResponseHeaderTimeout = time.Minute
	return &http.Client{
		Transport:     outbound.Repeating(transport),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// totalOf reads the size of the whole file from a Content-Range, such as
// "bytes 0-9/1234"; RFC 9110 §14.4.
func totalOf(contentRange string) (int64, bool) {
	_, text, found := strings.Cut(contentRange, "/")
	total, err := strconv.ParseInt(text, 10, 64)
	return total, found && err == nil
}

// partOf is the file of an answer. An empty range cannot be asked for in HTTP,
// and not every server refuses one that begins at the end.
func partOf(info Info, body io.ReadCloser, offset, length int64) (*File, error) {
	switch {
	case offset > 0 && offset >= info.Size:
		body.Close()
		return nil, &Error{http.StatusRequestedRangeNotSatisfiable, errPastEnd}
	case length >= 0:
		body = limited{io.LimitReader(body, length), body}
	}
	return &File{info, body}, nil
}

// withoutURL strips the address from an error, whose query may hold a signature.
func withoutURL(err error) error {
	var e *url.Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
