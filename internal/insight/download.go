package insight

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// pcapOf writes the SIP messages of a timeline as a capture. Their secrets are masked.
func pcapOf(items []Item) []byte { return soundPCAP(items, nil) }

// addresses are those of both sides.
func (m SIPMessage) addresses() (local, remote netip.AddrPort, ok bool) {
	local, errLocal := netip.ParseAddrPort(m.Local)
	remote, errRemote := netip.ParseAddrPort(m.Remote)
	return local, remote, errLocal == nil && errRemote == nil
}

func eachMessage(items []Item, do func(time.Time, SIPMessage)) {
	for _, i := range items {
		var m SIPMessage
		if i.Kind == KindSIP && json.Unmarshal(i.Detail, &m) == nil {
			do(i.At, m)
		}
	}
}

func (a *API) getPCAP(w http.ResponseWriter, r *http.Request) error {
	call, items, err := a.timeline(r)
	if err != nil {
		return err
	}
	return download(w, "application/vnd.tcpdump.pcap", fileOf(call, "pcap"), pcapOf(items))
}

// fileOf is the name of a download. Ids of calls are GUIDs.
func fileOf(call Summary, extension string) string { return "call-" + call.ID + "." + extension }

func download(w http.ResponseWriter, kind, name string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("Cache-Control", "no-store")
	_, err := w.Write(body)
	return err
}

// bundleAbout is the file that explains a bundle.
const bundleAbout = `This is what a Switchhook server kept of one call. Secrets are masked: passwords, keys, tokens,
digests, the keys of SRTP, the values of queries in URLs. Numbers, names and addresses are not.

call.json   the call with its timeline, as GET /admin/insight/v1/calls/ID answers
call.txt    the same for people
sip.pcap    its SIP messages, each as one UDP datagram: for Wireshark and sngrep
sip.txt     the same as text
`

// getBundle answers with everything about a call in a zip, for who helps from outside.
func (a *API) getBundle(w http.ResponseWriter, r *http.Request) error {
	call, items, err := a.timeline(r)
	if err != nil {
		return err
	}
	whole, err := json.MarshalIndent(callAnswer{Call: call, Items: items}, "", "  ")
	if err != nil {
		return err
	}
	var text, messages strings.Builder
	fmt.Fprintf(&text, "%s from %s to %s, %s\n%s\n\n", call.ID, call.From, call.To, call.Begun.Format(time.RFC3339Nano), call.Reason)
	for _, p := range call.Problems {
		fmt.Fprintf(&text, "problem %s at %s: %s\n", p.Code, p.At.Format(time.RFC3339), p.Text)
	}
	for _, i := range items {
		fmt.Fprintf(&text, "%s  %-8s  %s\n", i.At.Format(time.RFC3339Nano), i.Kind, i.Text)
	}
	eachMessage(items, func(at time.Time, m SIPMessage) {
		fmt.Fprintf(&messages, "---- %s sent=%t %s %s <-> %s\n%s\n", at.Format(time.RFC3339Nano), m.Sent, m.Transport, m.Local, m.Remote, m.Text)
	})
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	for _, file := range []struct {
		name string
		body []byte
	}{
		{"README.txt", []byte(bundleAbout)}, {"call.json", whole}, {"call.txt", []byte(text.String())},
		{"sip.pcap", pcapOf(items)}, {"sip.txt", []byte(messages.String())},
	} {
		into, err := z.CreateHeader(&zip.FileHeader{Name: file.name, Method: zip.Deflate, Modified: call.Begun})
		if err != nil {
			return err
		}
		if _, err := into.Write(file.body); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return download(w, "application/zip", fileOf(call, "zip"), zipped.Bytes())
}
