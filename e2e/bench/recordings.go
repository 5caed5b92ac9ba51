package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// fewRecorded are the calls of which the cost of a recording is measured.
	fewRecorded = 200
	// requestsAtOnce are how many recordings are started at a time.
	requestsAtOnce = 16
)

// recordings measures what a recording adds to a playing call and to a room of two,
// and many recordings at once.
func (b *bench) recordings(ctx context.Context) error {
	return errors.Join(b.recordedPlaying(ctx), b.recordedRooms(ctx), b.manyRecorded(ctx))
}

func (b *bench) recordedPlaying(ctx context.Context) error {
	return b.playingStage(ctx, fewRecorded, func(s *server, a *application, connections []string) error {
		return b.recordedCost(ctx, s, a, connections, "a playing call")
	})
}

// playingStage brings calls up that play and speak.
func (b *bench) playingStage(ctx context.Context, calls int, run func(*server, *application, []string) error) error {
	return b.promptStage(ctx, func(s *server, a *application, phones *crowd) error {
		connected := a.watch("CallConnected")
		if err := phones.callUntil(ctx, a, "PlayStarted", calls, setupRate); err != nil {
			return err
		}
		connections, err := connectionsOf(ctx, connected, calls)
		if err != nil {
			return err
		}
		return run(s, a, connections)
	})
}

// recordedRooms does so with rooms of two in which everybody speaks.
func (b *bench) recordedRooms(ctx context.Context) error {
	return b.trunkStage(ctx, func(s *server, a *application, phones *crowd) error {
		connected := a.watch("CallConnected")
		for first := 0; first < parties; first += 2 {
			if err := a.room(first, 2); err != nil {
				return err
			}
		}
		if err := phones.await(ctx, parties); err != nil {
			return err
		}
		connections, err := connectionsOf(ctx, connected, parties/2)
		if err != nil {
			return err
		}
		return b.recordedCost(ctx, s, a, connections, "a room of two")
	})
}

func connectionsOf(ctx context.Context, connected <-chan event, calls int) (list []string, err error) {
	for range calls {
		e, err := next(ctx, connected, "CallConnected")
		if err != nil {
			return nil, err
		}
		list = append(list, e.connection)
	}
	return list, nil
}

// recordedCost measures calls without a recording, with a mixed one, without one again,
// and with an unmixed one.
func (b *bench) recordedCost(ctx context.Context, s *server, a *application, connections []string, what string) error {
	var costs []time.Duration
	for _, channels := range []string{"", "mixed", "", "unmixed"} {
		var going []string
		var err error
		if channels != "" {
			if going, err = a.record(connections, channels); err != nil {
				return err
			}
		}
		if err := pause(ctx, steady); err != nil {
			return err
		}
		used, err := s.over(ctx, b.measured)
		if err != nil {
			return err
		}
		costs = append(costs, used)
		if _, err := a.endRecordings(going); err != nil {
			return err
		}
	}
	plain := (costs[0] + costs[2]) / 2
	for i, channels := range []string{"mixed", "unmixed"} {
		added := costs[2*i+1] - plain
		b.row(fmt.Sprintf("CPU of a recording of %s, %s wav", what, channels), share(added, b.measured, len(connections)),
			"%d calls; without one a call takes %s, so it is %.0f %% more", len(connections), share(plain, b.measured, len(connections)), 100*added.Seconds()/plain.Seconds())
	}
	return nil
}

// manyRecorded records many playing calls, and stops all recordings at once.
func (b *bench) manyRecorded(ctx context.Context) error {
	return b.playingStage(ctx, b.recorded, func(s *server, a *application, connections []string) error {
		going, err := a.record(connections, "mixed")
		if err != nil {
			return err
		}
		if err := pause(ctx, steady); err != nil {
			return err
		}
		before, err := s.metrics()
		if err != nil {
			return err
		}
		used, err1 := s.over(ctx, b.measured)
		after, err2 := s.metrics()
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		many := fmt.Sprintf("%d recordings of playing calls", len(going))
		b.row(many+": tick lateness", "p99 "+lateness(before).percentile(after, 0.99), "%.3f %% below 5 ms; every wake below: %s; %.0f %% of the core; %.1f s of sound wait at most",
			100*lateness(before).below(after, "0.005"), lateness(before).percentile(after, 1), 100*used.Seconds()/b.measured.Seconds(), after["switchhook_recordings_lag_seconds"])
		return b.stopsAtOnce(ctx, s, a, going)
	})
}

// stopsAtOnce stops recordings, and waits for their files.
func (b *bench) stopsAtOnce(ctx context.Context, s *server, a *application, going []string) error {
	files := a.watch("RecordingFileStatusUpdated")
	before, err := s.metrics()
	if err != nil {
		return err
	}
	began := time.Now()
	stopped, err := a.endRecordings(going)
	if err != nil {
		return err
	}
	acknowledged := time.Since(began)
	var took times
	for range going {
		e, err := next(ctx, files, "RecordingFileStatusUpdated")
		if err != nil {
			return err
		}
		took = append(took, e.at.Sub(stopped[e.recording]))
	}
	after, err := s.metrics()
	if err != nil {
		return err
	}
	b.row(fmt.Sprintf("%d stops at once: their files", len(going)), took.String(), "p50 / p99 / longest, from the request to stop it to RecordingFileStatusUpdated; all were acknowledged after %d ms; tick lateness meanwhile p99 %s",
		acknowledged.Milliseconds(), lateness(before).percentile(after, 0.99))
	return nil
}
