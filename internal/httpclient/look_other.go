//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package httpclient

import "syscall"

// canPeek: idle connections cannot be looked at here, so all requests go to the
// other transport.
const canPeek = false

type look struct{}

func newLook(syscall.RawConn) *look { return nil }

func (*look) isEmpty() bool { return false }

func (*look) ask(request, _ []byte, _ bool) (int, []byte, error) { return 0, request, nil }
