// Package httpclient makes HTTP/1.1 requests on kept connections (RFC 9112), in
// the goroutine of the caller: one write and one read a request, where
// net/http.Transport has two more goroutines for each connection, which wake each
// other. It owns its connections. Transport.Post is for what is posted again and
// again; Transport.RoundTrip takes the requests of net/http, which that package's
// functions write and whose responses they parse. What is unusual goes to another
// http.RoundTripper.
package httpclient
