package sfu

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestMeterCountsClients: what was sent and asked for stays counted when a client is gone,
// and what goes on does not.
func TestMeterCountsClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m Meter
		room := NewRoom()
		cam := newCamera(room, "ann", 1, &news{})
		cam.client.CountIn(&m)
		n := 0
		lose := loses(func(uint32, uint16) bool { n++; return n%11 == 0 })
		cam.lose.Store(&lose)
		bob := newPath(room, "bob", 1)
		bob.client.CountIn(&m)
		bob.set(func(p *path) { p.lose = newDice(0.05, 1).lose })
		bob.client.Want([]View{{Stream: 1, Width: 160, Height: 90}})
		time.Sleep(5 * time.Second)
		all, now := m.Read(time.Now())
		if all.Packets < 90 || all.Bytes < all.Packets*100 || all.Repeated == 0 || all.Changes == 0 || all.Asked == 0 || all.KeyFrames == 0 {
			t.Errorf("counted: %+v", all)
		}
		if now.Lines[""] != 1 || now.Encodings != 3 || now.Estimates != 1 || now.Lowest < lowestEstimate || now.Middle != now.Lowest {
			t.Errorf("now: %+v", now)
		}
		cam.close()
		bob.close()
		after, now := m.Read(time.Now())
		if after.Packets < all.Packets || after.Asked < all.Asked || len(m.clients) != 0 {
			t.Errorf("afterwards: %+v, %d clients", after, len(m.clients))
		}
		if now.Lines[""] != 0 || now.Encodings != 0 {
			t.Errorf("now: %+v", now)
		}
	})
}
