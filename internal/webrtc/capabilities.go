package webrtc

import (
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// The reasons that are given (Calling SDK, "Capabilities").
const (
	capable = "Capable"
	byRole  = "RoleRestricted"
	byKind  = "CapabilityNotApplicableForTheCallType"
	byRoom  = "MeetingRestricted"
	byToken = "UserPolicyRestricted"
	notHere = "FeatureNotSupported"
)

// capabilities says what a client may do. begins: its token permits more than joining; in a
// room the role decides (Identity, "voip.join").
func capabilities(seat call.Seat, begins bool) map[string]protocol.Capability {
	may := func(yes bool, reason string) protocol.Capability {
		if yes {
			return protocol.Capability{IsPresent: true, Reason: capable}
		}
		return protocol.Capability{Reason: reason}
	}
	manages := seat.Role.MayManage()
	dials := may(seat.DialsOut, byRoom)
	if !manages {
		dials = may(false, byRole)
	}
	all := map[string]protocol.Capability{
		"unmuteMic":            may(seat.Role.MaySpeak(), byRole),
		"turnVideoOn":          may(seat.Role.MayShow(), byRole),
		"shareScreen":          may(seat.Role.MayShare(), byRole),
		"removeParticipant":    may(manages, byRole),
		"addCommunicationUser": may(manages, byRole),
		"addPhoneNumber":       dials,
		"pstnDialOut":          dials,
		"muteOthers":           may(manages, byRole),
		"hangUpForEveryOne":    may(seat.Kind != call.Room, byKind),
		"viewAttendeeNames":    may(true, ""),

		"startLiveCallingCaptions": may(seat.Captions, notHere),
		"setCaptionLanguage":       may(seat.Captions, notHere),

		"raiseHand":                   may(seat.Role.MaySpeak(), byRole),
		"realTimeText":                may(seat.Role.MaySpeak(), byRole),
		"useReactions":                may(seat.Role.MaySpeak(), byRole),
		"spotlightParticipant":        may(manages, byRole),
		"removeParticipantsSpotlight": may(manages, byRole),
	}
	if seat.Kind == call.TwoParty {
		all["muteOthers"] = may(false, byKind)
		all["useReactions"] = may(false, byKind)
	}
	if !begins && seat.Kind != call.Room {
		for _, name := range []string{"addCommunicationUser", "addPhoneNumber", "pstnDialOut"} {
			all[name] = may(false, byToken)
		}
	}
	for _, name := range notOffered {
		all[name] = may(false, notHere)
	}
	return all
}

// notOffered are the capabilities that this version has for nobody.
var notOffered = []string{
	"addTeamsUser", "manageLobby", "blurBackground",
	"startLiveMeetingCaptions", "startTogetherMode",
	"joinBreakoutRooms", "forbidOthersAudio", "forbidOthersVideo",
}
