package speech

import (
	"fmt"
	"time"
)

const (
	// answerWithin is how long a provider may take for the result of an utterance that
	// is over while another one could be asked; lastAnswerWithin is the time of the
	// last one.
	answerWithin     = 5 * time.Second
	lastAnswerWithin = 30 * time.Second
	// idleFor is how long a provider's transcriber is kept while nobody speaks.
	idleFor = 30 * time.Second
)

// patience is how long nothing may come.
func (f *failover) patience() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case len(f.pending) == 0:
		return idleFor
	case f.pending[0].over.IsZero():
		return longestUtterance
	}
	return max(0, f.allowed()-time.Since(f.pending[0].over))
}

// allowed is how long the present provider may take.
func (f *failover) allowed() time.Duration {
	if f.at < len(f.order)-1 {
		return time.Duration(f.at+1) * answerWithin
	}
	return lastAnswerWithin
}

// late is what happens when patience is over.
func (f *failover) late() {
	f.mu.Lock()
	waiting := len(f.pending) > 0 && !f.pending[0].over.IsZero()
	idle := len(f.pending) == 0
	f.mu.Unlock()
	switch {
	case waiting:
		f.failed(&Error{Kind: Unreachable, Provider: f.order[f.at].Name, Detail: fmt.Sprintf("it has not given a result within %v", f.allowed())})
	case idle: // and later the provider whose turn it is then
		f.drop()
		f.order, f.at, f.first = f.choice.order(f.l.Endpoints), 0, nil
	}
}
