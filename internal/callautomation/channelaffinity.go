package callautomation

import (
	"encoding/json"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/rest"
)

// channelAffinity, like the ordering, has identifiers that are read where they have an
// effect: in a mixed recording the service takes any (Microsoft's own tests send
// "testId").
type channelAffinity struct {
	Channel     *int            `json:"channel"`
	Participant json.RawMessage `json:"participant"`
}

// pinned are the channels that participants shall have, by either of two members.
func (r startRecordingRequest) pinned(channels recording.Channels) (map[int]identifier.ID, error) {
	const ordering, affinity = "audioChannelParticipantOrdering", "channelAffinity"
	switch {
	case len(r.ParticipantOrdering)+len(r.ChannelAffinity) == 0:
		return nil, nil
	case len(r.ParticipantOrdering) > 0 && len(r.ChannelAffinity) > 0:
		return nil, errBody("%s, %s: only one of them can be given.", ordering, affinity)
	case len(r.ParticipantOrdering) > recording.MaxChannels:
		return nil, errBody("%s: a recording has at most %d channels.", ordering, recording.MaxChannels)
	}
	if channels != recording.Unmixed { // as the service, which takes them without effect
		return nil, nil
	}
	pinned := make(map[int]identifier.ID)
	for channel, who := range r.ParticipantOrdering {
		if err := pin(pinned, channel, who, ordering); err != nil {
			return nil, err
		}
	}
	for _, want := range r.ChannelAffinity {
		if want.Channel == nil {
			return nil, errBody("%s: channel and participant are required.", affinity)
		}
		if err := pin(pinned, *want.Channel, want.Participant, affinity); err != nil {
			return nil, err
		}
	}
	return pinned, nil
}

func pin(pinned map[int]identifier.ID, channel int, participant json.RawMessage, field string) error {
	var who rest.Identifier
	if len(participant) > 0 {
		if err := json.Unmarshal(participant, &who); err != nil {
			return errBody("%s: %v.", field, err)
		}
	}
	if who.IsZero() {
		return errBody("%s: a channel has no participant.", field)
	}
	if channel < 0 || channel >= recording.MaxChannels {
		return errBody("%s: channel %d is not between 0 and %d.", field, channel, recording.MaxChannels-1)
	}
	if _, taken := pinned[channel]; taken {
		return errBody("%s: channel %d is given twice.", field, channel)
	}
	for _, other := range pinned {
		if other == who.ID {
			return errBody("%s: %s is given two channels.", field, who)
		}
	}
	pinned[channel] = who.ID
	return nil
}
