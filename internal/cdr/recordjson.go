package cdr

import "github.com/switchhook/switchhook/internal/appendjson"

// appendRecord appends a record as encoding/json writes it. The error is of a value
// that has no form in JSON.
func appendRecord(b []byte, r *Record) ([]byte, error) {
	o := appendjson.Open(b)
	o.Int("version", int64(r.Version))
	o.Text("correlationId", r.CorrelationID)
	o.Text("serverCallId", r.ServerCallID)
	o.Time("startTime", r.Start)
	o.Time("endTime", r.End)
	o.Int("durationMs", r.DurationMS)
	o.SomeText("from", r.From)
	o.SomeText("to", r.To)
	o.True("group", r.Group)
	appendReason(&o, r.Reason)
	o.Value("legs", func(b []byte) ([]byte, error) { return appendjson.List(b, r.Legs, appendLeg) })
	o.SomeInt("omittedLegs", int64(r.OmittedLegs))
	o.Value("connections", func(b []byte) ([]byte, error) { return appendjson.List(b, r.Connections, appendConnection) })
	return o.Close()
}

func appendReason(to *appendjson.Object, why Reason) {
	to.Value("reason", func(b []byte) ([]byte, error) {
		o := appendjson.Open(b)
		o.Text("kind", why.Kind)
		o.SomeText("text", why.Text)
		o.SomeInt("sipCode", int64(why.SIP))
		o.SomeInt("q850Cause", int64(why.Q850))
		return o.Close()
	})
}

func appendLeg(b []byte, l *Leg) ([]byte, error) {
	o := appendjson.Open(b)
	o.Text("participant", l.Participant)
	o.Text("direction", l.Direction)
	o.SomeText("trunk", l.Trunk)
	o.SomeText("sipCallId", l.SIPCallID)
	o.SomeText("device", l.Device)
	o.SomeText("attestation", l.Attestation)
	o.Time("startTime", l.Start)
	if l.Answered != nil {
		o.Time("answerTime", *l.Answered)
	}
	o.Time("endTime", l.End)
	appendReason(&o, l.Reason)
	if l.Sound != nil {
		o.Value("sound", l.Sound.append)
	}
	return o.Close()
}

func (s *Sound) append(b []byte) ([]byte, error) {
	o := appendjson.Open(b)
	o.Text("codec", s.Codec)
	o.Bool("srtp", s.Protected)
	o.Uint("packetsSent", s.Sent)
	o.Uint("packetsReceived", s.Received)
	o.Float("loss", s.Loss)
	o.Float("remoteLoss", s.RemoteLoss)
	o.Float("jitterMs", s.JitterMS)
	o.Float("maxJitterMs", s.MaxJitterMS)
	o.SomeFloat("roundTripMs", s.RoundTripMS)
	o.Float("concealedMs", s.ConcealedMS)
	o.SomeFloat("mos", s.MOS)
	o.SomeFloat("remoteMos", s.RemoteMOS)
	return o.Close()
}

func appendConnection(b []byte, c *Connection) ([]byte, error) {
	o := appendjson.Open(b)
	o.Text("callConnectionId", c.ID)
	o.Text("origin", c.Origin)
	o.Time("startTime", c.Start)
	o.Time("endTime", c.End)
	appendReason(&o, c.Reason)
	return o.Close()
}
