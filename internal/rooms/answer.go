package rooms

import (
	"net/http"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/rest"
)

type roomAnswer struct {
	ID          string   `json:"id"`
	Created     wireTime `json:"createdAt"`
	From        wireTime `json:"validFrom"`
	Until       wireTime `json:"validUntil"`
	PSTNDialOut *bool    `json:"pstnDialOutEnabled,omitempty"`
}

// wireTime is a time with six digits of a second, as clients of old SDKs parse it:
// they ask for a fraction. A seventh is written where a client gave one other than 0.
type wireTime time.Time

// MarshalJSON writes the time in UTC.
func (t wireTime) MarshalJSON() ([]byte, error) {
	layout := "2006-01-02T15:04:05.000000-07:00"
	if time.Time(t).Nanosecond()%int(time.Microsecond) >= int(tick) {
		layout = "2006-01-02T15:04:05.0000000-07:00"
	}
	return []byte(`"` + time.Time(t).UTC().Format(layout) + `"`), nil
}

// dialOutSince is the api-version, a preview, from which on pstnDialOutEnabled is known.
const dialOutSince = "2023-10-30"

// answerOf is a room as the request's api-version shows it.
func answerOf(r *http.Request, id string, room Room) roomAnswer {
	answer := roomAnswer{ID: id, Created: wireTime(room.Created), From: wireTime(room.From), Until: wireTime(room.Until)}
	if strings.TrimSuffix(rest.APIVersion(r.Context()), "-preview") >= dialOutSince {
		answer.PSTNDialOut = &room.PSTNDialOut
	}
	return answer
}
