package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Properties describes a connection.
type Properties struct {
	ID            string
	ServerCallID  string
	CorrelationID string
	State         State
	Targets       []identifier.ID
	Source        identifier.ID
	CallerID      identifier.ID // zero where no caller id was given
	DisplayName   string
	AnsweredBy    identifier.ID // zero where the connection was not answered by an identity
	AnsweredFor   identifier.ID // the phone number that was called; zero where none was, or the application calls
	CallbackURI   string
	Created       bool         // the application has made the call
	StreamID      string       // of media streaming, also where none was set up
	Streaming     *StreamState // nil: none was set up
	Transcription *TranscriptionState
}

// TranscriptionState is a transcription that was set up.
type TranscriptionState struct {
	ID           string
	Active       bool
	Locale       string
	Intermediate bool
}

// StreamState is media streaming that was set up.
type StreamState struct {
	ID     string
	Active bool
}

// CorrelationID is the same for all connections of a call.
func (c *Connection) CorrelationID() string { return c.call.correlationID }

// Properties describes the connection as it is now.
func (c *Connection) Properties(ctx context.Context) (Properties, error) {
	return askLiving(ctx, c, func() (Properties, error) {
		p := c.made
		p.State = c.state
		if p.Streaming != nil {
			p.Streaming = &StreamState{ID: c.streamID, Active: c.stream != nil}
		}
		if state := p.Transcription; state != nil {
			now := *state
			if now.Active = c.transcription != nil; now.Active {
				now.Locale = c.transcription.locale
			}
			p.Transcription = &now
		}
		return p, nil
	})
}

// Participants lists who is in the call, the application itself included.
func (c *Connection) Participants(ctx context.Context) ([]Participant, error) {
	return askConnected(ctx, c, func() ([]Participant, error) { return c.call.roster(), nil })
}

// Participant returns one of the participants.
func (c *Connection) Participant(ctx context.Context, who identifier.ID) (Participant, error) {
	return askConnected(ctx, c, func() (Participant, error) {
		p, err := c.call.named(who)
		if err != nil {
			return Participant{}, err
		}
		return p.shown(c.call.prompted(nil)), nil
	})
}
