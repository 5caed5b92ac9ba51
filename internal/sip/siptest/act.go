package siptest

import (
	"context"
	"fmt"
	"time"
)

// Phone returns the phone that makes or takes the call.
func (c *Call) Phone() *Phone { return c.phone }

// Cancel gives the call up before it is answered.
func (c *Call) Cancel(ctx context.Context, fields ...Field) error {
	m := c.transaction("CANCEL", nil)
	m.set(fields)
	response, err := c.phone.exchange(ctx, m, nil)
	if err == nil && response.Status() != 200 {
		err = fmt.Errorf("CANCEL got %s", response.Start)
	}
	return err
}

// Hangup ends the call with a BYE and waits for its answer.
func (c *Call) Hangup(ctx context.Context, fields ...Field) error {
	response, err := c.Request(ctx, "BYE", nil, fields...)
	c.finish()
	if err == nil && response.Status() != 200 {
		err = fmt.Errorf("BYE got %s", response.Start)
	}
	return err
}

// Hold puts the other end on hold: nothing is sent that it should hear, and
// what it says is not listened to.
func (c *Call) Hold(ctx context.Context) error { return c.redirect(ctx, "sendonly") }

// Unhold takes the other end back.
func (c *Call) Unhold(ctx context.Context) error { return c.redirect(ctx, "sendrecv") }

func (c *Call) redirect(ctx context.Context, direction string) error {
	response, err := c.Reinvite(ctx, c.describe(direction))
	if err == nil && response.Status() != 200 {
		err = fmt.Errorf("re-INVITE got %s", response.Start)
	}
	return err
}

// Reinvite offers another session description, acknowledges the answer and
// returns it.
func (c *Call) Reinvite(ctx context.Context, description []byte) (*Message, error) {
	return c.reinvite(ctx, description, nil)
}

// ReinviteDelayed asks for an offer, answers it in the ACK, which fields belong to, and
// returns the response.
func (c *Call) ReinviteDelayed(ctx context.Context, answer []byte, fields ...Field) (*Message, error) {
	return c.reinvite(ctx, nil, answer, fields...)
}

func (c *Call) reinvite(ctx context.Context, offer, answer []byte, inACK ...Field) (*Message, error) {
	c.mu.Lock()
	c.cseq++
	cseq := c.cseq
	c.mu.Unlock()
	m := c.request("INVITE", cseq)
	if m.Body = offer; offer != nil {
		m.Add("Content-Type", "application/sdp")
	}
	defer c.phone.forget(m.branch() + "INVITE")
	response, err := c.phone.exchange(ctx, m, nil)
	if err != nil {
		return nil, err
	}
	ack := c.request("ACK", cseq)
	if response.Status() >= 300 {
		ack.set([]Field{{"Via", m.Get("Via")}})
	} else {
		c.media.follow(response.Body)
		if ack.Body = answer; answer != nil {
			ack.Add("Content-Type", "application/sdp")
			ack.set(inACK)
		}
	}
	c.phone.transmit(ack, ack.bytes())
	return response, nil
}

// Describe returns the phone's session description with a direction, for Reinvite.
func (c *Call) Describe(direction string) []byte { return c.describe(direction) }

func (c *Call) describe(direction string) []byte {
	c.mu.Lock()
	c.version++
	version := c.version
	c.mu.Unlock()
	return c.media.describe(direction, version)
}

// Ring says that the phone rings.
func (c *Call) Ring() error { return c.respond(180, "Ringing", nil) }

// Provisional answers with any 1xx, without a description.
func (c *Call) Provisional(status int, phrase string, fields ...Field) error {
	return c.respond(status, phrase, nil, fields...)
}

// Progress lets the caller hear the phone before it is answered.
func (c *Call) Progress(fields ...Field) error {
	c.media.start(&c.phone.work)
	return c.respond(183, "Session Progress", c.describe("sendrecv"), fields...)
}

// ProgressWith is Progress with another body; the script carries the sound.
func (c *Call) ProgressWith(body []byte, fields ...Field) error {
	return c.respond(183, "Session Progress", body, fields...)
}

// Answer takes the call. The 200 is repeated until the caller acknowledges.
func (c *Call) Answer(fields ...Field) error {
	c.media.start(&c.phone.work)
	if err := c.respond(200, "OK", c.describe("sendrecv"), fields...); err != nil {
		return err
	}
	c.phone.work.Go(c.repeatAnswer)
	return nil
}

// AnswerWith takes the call with another session description; the script carries
// the sound.
func (c *Call) AnswerWith(description []byte, fields ...Field) error {
	c.media.leave()
	if err := c.respond(200, "OK", description, fields...); err != nil {
		return err
	}
	c.phone.work.Go(c.repeatAnswer)
	return nil
}

// Busy refuses the call with 486.
func (c *Call) Busy() error { return c.Reject(486, "Busy Here") }

// Reject refuses the call.
func (c *Call) Reject(status int, phrase string, fields ...Field) error {
	err := c.respond(status, phrase, nil, fields...)
	c.finish()
	return err
}

func (c *Call) respond(status int, phrase string, body []byte, fields ...Field) error {
	return c.phone.respond(c.Invite, status, phrase, c.localTag, body, fields...)
}

// SendTones presses keys (RFC 4733) and waits until the last one is released.
func (c *Call) SendTones(ctx context.Context, keys string) error { return c.media.press(ctx, keys) }

// Rate is that of the phone's sound in Hz: 8000, or 16000 with a wideband codec.
func (c *Call) Rate() int { return c.media.rate }

// SendSound says samples of the phone's rate, after what is still to be said.
func (c *Call) SendSound(samples []int16) { c.media.say(samples) }

// Tone says a sine of a frequency in Hz for a number of milliseconds.
func (c *Call) Tone(frequency float64, milliseconds int) {
	c.media.say(sine(c.media.rate, frequency, milliseconds))
}

// Silent reports whether the phone has said all that it was to say.
func (c *Call) Silent() bool {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	return len(c.media.queue) == 0
}

// Heard returns what the phone heard so far at its rate, with silence where
// nothing came.
func (c *Call) Heard() []int16 { return c.media.heardSound() }

// HeardFor returns for how many seconds a frequency was heard.
func (c *Call) HeardFor(frequency float64) float64 {
	return seconds(c.media.heardSound(), c.media.rate, frequency)
}

// HeardTones returns the keys that the phone heard.
func (c *Call) HeardTones() string { return c.media.heardKeys() }

// LongestKey returns for how long the longest key was heard.
func (c *Call) LongestKey() time.Duration {
	c.media.mu.Lock()
	defer c.media.mu.Unlock()
	return time.Duration(c.media.longest) * time.Second / eventClock
}

// AnswerAsAnother answers as a second phone behind a forking proxy would: with
// a tag of its own.
func (c *Call) AnswerAsAnother(tag string) error {
	return c.phone.respond(c.Invite, 200, "OK", tag, c.describe("sendrecv"))
}

// Mute stops the phone's RTP in both directions; its signalling goes on.
func (c *Call) Mute() { c.media.conn.Close() }
