package rest

import (
	"context"
	"net/http"
	"time"
)

// afterwardsPatience is how long a client may take to read the end of its answer: what comes
// afterwards must not wait for ever for one that does not read.
const afterwardsPatience = 10 * time.Second

// Afterwards does something when the answer to the request has been handed to the network,
// whatever the answer is; a client that reads it knows it before it can know of what is done
// then. The answer needs a Content-Length, as WriteJSON and faults give it: its end is sent
// with it. Without a request of a Router it is done at once.
func Afterwards(ctx context.Context, do func()) {
	ex := exchangeOf(ctx)
	if ex == nil {
		do()
		return
	}
	ex.afterwards = append(ex.afterwards, do)
}

// conclude sends what net/http still holds of the answer, and does what comes afterwards.
func (ex *exchange) conclude(ans *answer) {
	if len(ex.afterwards) == 0 {
		return
	}
	if ans.status != 0 {
		control := http.NewResponseController(ans.ResponseWriter)
		_ = control.SetWriteDeadline(time.Now().Add(afterwardsPatience)) // a recorder of tests has none
		_ = control.Flush()                                              // a client that has left is told nothing
		_ = control.SetWriteDeadline(time.Time{})                        // as before, for the next request
	}
	for _, do := range ex.afterwards {
		do()
	}
}
