package rest

import (
	"net/http"
	"time"
)

// How long a client that has shown credentials may take for a part of its answer, and how
// long a part is, in bytes. Its connection makes no room for others while the answer goes on,
// so that one which takes nothing would keep it for ever.
const (
	answerPatience = time.Minute
	answerPart     = 64 << 10
)

// liftAnswerTime lets an answer begin when the handler has made it, and take as long as its
// client takes parts of it: http.Server.WriteTimeout is for those without credentials.
func (ex *exchange) liftAnswerTime(w http.ResponseWriter) {
	ex.known = true
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a recorder of tests has none
}

// bePatient gives the client its time for the next part.
func (a *answer) bePatient() {
	if a.exchange.known && !a.ownPace {
		_ = http.NewResponseController(a.ResponseWriter).SetWriteDeadline(time.Now().Add(answerPatience)) // likewise
	}
}
