package main

import (
	"context"
	"encoding/json"
	"fmt"
)

// parties are the phones of the rooms.
const parties = 100

// rooms measures a hundred phones that all speak: in rooms of two, and in one.
func (b *bench) rooms(ctx context.Context) error {
	for _, size := range []int{2, parties} {
		if err := b.roomsOf(ctx, size); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) roomsOf(ctx context.Context, size int) error {
	return b.trunkStage(ctx, func(s *server, a *application, phones *crowd) error {
		for first := 0; first < parties; first += size {
			if err := a.room(first, size); err != nil {
				return err
			}
		}
		if err := phones.await(ctx, parties); err != nil {
			return err
		}
		if _, err := s.settled(ctx); err != nil {
			return err
		}
		used, err := s.over(ctx, b.measured)
		what := fmt.Sprintf("one room of %d", size)
		if size < parties {
			what = fmt.Sprintf("rooms of %d", size)
		}
		received, lost := phones.heard()
		b.row("CPU of a party, "+what, share(used, b.measured, parties), "%d phones, G.711, all speak; %d of %d packets lost", parties, lost, received+lost)
		return err
	})
}

// room calls phones together.
func (a *application) room(first, size int) error {
	var targets []any
	for n := range size {
		targets = append(targets, phoneNumber(farNumber(first+n)))
	}
	_, err := a.post("calling/callConnections", map[string]any{
		"targets": targets, "sourceCallerIdNumber": map[string]string{"value": ourNumber}, "callbackUri": a.hooks.url("/callbacks"),
	})
	return err
}

// farNumber is one of the numbers behind the trunk.
func farNumber(n int) string { return fmt.Sprintf("+1555019%04d", n) }

func phoneNumber(number string) map[string]any {
	return map[string]any{"kind": "phoneNumber", "phoneNumber": map[string]string{"value": number}}
}

// created is the connection that an answer of the API tells of.
func created(answer []byte) (string, error) {
	var made struct{ CallConnectionID string }
	err := json.Unmarshal(answer, &made)
	return made.CallConnectionID, err
}
