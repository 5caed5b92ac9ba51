package webrtc

import (
	"maps"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Limits of custom context (Calling SDK, "Pass contextual data between calls"); lengths are
// in characters, as JavaScript counts them. The first valid headers are kept.
const (
	maxHeaders     = 5 // of SIP, besides User-To-User
	maxHeaderKey   = 64
	maxHeaderValue = 256
	maxVoIPHeaders = 1000
	maxVoIPValue   = 1024
	maxVoIP        = 32_000 // bytes of all keys and values
	userToUser     = "User-To-User"
	customPrefix   = "x-ms-custom-"
)

// headers reads what the client hands over. What applications read of the network's word
// on a caller it cannot write.
func (c *client) headers(given *protocol.CustomContext) (sip, voip map[string]string, err error) {
	sip, voip, err = headers(given)
	header.Without(sip, c.server.cfg.AttestationHeader)
	return sip, voip, err
}

// headers reads what a caller hands over.
func headers(c *protocol.CustomContext) (sip, voip map[string]string, err error) {
	if c == nil {
		return nil, nil, nil
	}
	sip, voip = kept(c.SipHeaders), keptVoIP(c.VoipHeaders)
	if c.UserToUser != "" {
		if header.Characters(c.UserToUser) > maxHeaderValue || !header.IsCustom(userToUser, c.UserToUser) {
			return nil, nil, fault.Invalid("userToUser has at most %d characters, of one line", maxHeaderValue)
		}
		if sip == nil {
			sip = make(map[string]string)
		}
		sip[userToUser] = c.UserToUser
	}
	return sip, voip, nil
}

// kept are the first headers of SIP that are valid.
func kept(list []protocol.Header) map[string]string {
	found := make(map[string]string)
	for _, h := range list {
		if len(found) == maxHeaders {
			break
		}
		if len(h.Key) <= maxHeaderKey && header.Characters(h.Value) <= maxHeaderValue && header.IsCustom(h.Key, h.Value) &&
			strings.HasPrefix(strings.ToLower(h.Key), customPrefix) {
			found[h.Key] = h.Value
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// keptVoIP are the first headers for clients and applications that are valid. No phone gets
// them, so that they need no prefix.
func keptVoIP(list []protocol.Header) map[string]string {
	found := make(map[string]string)
	room := maxVoIP
	for _, h := range list {
		if len(found) == maxVoIPHeaders {
			break
		}
		if h.Key == "" || header.Characters(h.Key) > maxHeaderKey || header.Characters(h.Value) > maxVoIPValue || len(h.Key)+len(h.Value) > room {
			continue
		}
		room -= len(h.Key) + len(h.Value)
		found[h.Key] = h.Value
	}
	if len(found) == 0 {
		return nil
	}
	return found
}

// contextOf shows headers to a client; nil where there are none.
func contextOf(sip, voip map[string]string) *protocol.CustomContext {
	if len(sip)+len(voip) == 0 {
		return nil
	}
	c := &protocol.CustomContext{}
	for _, key := range slices.Sorted(maps.Keys(sip)) {
		if strings.EqualFold(key, userToUser) {
			c.UserToUser = sip[key]
			continue
		}
		c.SipHeaders = append(c.SipHeaders, protocol.Header{Key: key, Value: sip[key]})
	}
	for _, key := range slices.Sorted(maps.Keys(voip)) {
		c.VoipHeaders = append(c.VoipHeaders, protocol.Header{Key: key, Value: voip[key]})
	}
	return c
}
