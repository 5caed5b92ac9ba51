package webrtc

import (
	"encoding/base64"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Bounds of what applications send between clients (Calling SDK, "Data channel").
const (
	maxChannel    = 65535
	maxDataBytes  = 32 << 10
	maxRecipients = 64
	maxSession    = 64
	dataRate      = 64 << 10  // bytes a second of one client in one call
	dataBurst     = 256 << 10 // bytes
)

// dataBudget bounds the bytes that a client sends: a token bucket of bytes.
type dataBudget struct{ full time.Time } // when all of the burst is there again

// spend takes bytes, if there are as many.
func (b *dataBudget) spend(now time.Time, bytes int) bool {
	if b.full.Before(now) {
		b.full = now
	}
	after := b.full.Add(time.Duration(bytes) * time.Second / dataRate)
	if after.Sub(now) > dataBurst*time.Second/dataRate {
		return false
	}
	b.full = after
	return true
}

// sendData gives bytes of an application to other clients. It runs under the
// meeting's lock, which the budget is under too.
func (p place) sendData(m *meeting, asked *protocol.DataSend, now time.Time) protocol.Message {
	switch {
	case asked.Channel < 1 || asked.Channel > maxChannel:
		return refusal(protocol.ReasonMalformed, 400, 0, "channel is a number from 1 to 65535")
	case asked.Session == "" || len(asked.Session) > maxSession:
		return refusal(protocol.ReasonMalformed, 400, 0, "session has 1 to 64 bytes")
	case len(asked.To) > maxRecipients:
		return refusal(protocol.ReasonMalformed, 400, 0, "to has 64 recipients at most")
	}
	data, err := base64.StdEncoding.DecodeString(asked.Data)
	if err != nil || len(data) > maxDataBytes {
		return refusal(protocol.ReasonMalformed, 400, 0, "data is base64 of at most 32 KiB")
	}
	if !p.data.spend(now, len(data)) {
		return tooMuchData()
	}
	m.others(p.leg, asked.To, func(l *leg) protocol.Message {
		return &protocol.Data{Call: l.id, Who: p.user, Channel: asked.Channel, Session: asked.Session, N: asked.N, Data: asked.Data, Closed: asked.Closed}
	})
	return nil
}

// tooMuchData refuses data, or a text, beyond the budget of a client.
func tooMuchData() protocol.Message {
	return refusal(protocol.ReasonBusy, 429, 0, "a client sends 64 KiB a second at most")
}
