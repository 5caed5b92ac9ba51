package sfu

import (
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtcp"
)

// TestReceptionIsCounted compares with RFC 3550, appendices A.3 and A.8.
func TestReceptionIsCounted(t *testing.T) {
	const start = 1<<16 + 65530 // the numbers wrap around
	now := time.Unix(1000, 0)
	var r reception
	highest := int64(0)
	come := func(seq int64, repaired bool) {
		r.note(numbers{seq: start + seq, timestamp: uint32(seq * 900)}, repaired, now)
		highest = max(highest, start+seq)
	}
	for seq := range int64(100) {
		now = now.Add(10 * time.Millisecond)
		if seq%10 != 5 { // a tenth is lost
			come(seq, false)
		}
	}
	come(15, true)  // asked for: still lost
	come(25, false) // only late
	report, due := r.due(7, highest, now.Add(10*time.Millisecond))
	want := rtcp.ReceptionReport{SSRC: 7, FractionLost: 9 * 256 / 100, TotalLost: 9, LastSequenceNumber: start - 1<<16 + 99, Jitter: report.Jitter}
	if !due || report != want {
		t.Errorf("%+v, want %+v", report, want)
	}
	if _, due := r.due(7, highest, now.Add(20*time.Millisecond)); due {
		t.Error("a second report comes within a second")
	}
	for seq := int64(100); seq < 200; seq++ {
		now = now.Add(10 * time.Millisecond)
		come(seq, false)
	}
	if report, due = r.due(7, highest, now.Add(time.Second)); !due || report.FractionLost != 0 || report.TotalLost != 9 {
		t.Errorf("without losses: %+v", report)
	}
	if report.Jitter > 90 { // of the two that came late, long ago
		t.Errorf("packets that come evenly have a jitter of %d ticks", report.Jitter)
	}
}

// TestJitterIsThatOfArrivals: packets that come 5 ms early and late in turn.
func TestJitterIsThatOfArrivals(t *testing.T) {
	var r reception
	began := time.Unix(1000, 0)
	for seq := range int64(200) {
		at := began.Add(time.Duration(seq)*20*time.Millisecond + time.Duration(seq%2)*10*time.Millisecond)
		r.note(numbers{seq: seq + 1<<16, timestamp: uint32(seq * 1800)}, false, at)
	}
	report, _ := r.due(1, 1<<16+199, began.Add(time.Minute))
	if got := time.Duration(report.Jitter) * time.Millisecond / clock; got < 9500*time.Microsecond || got > 10*time.Millisecond {
		t.Errorf("the jitter is %v", got)
	}
}

// toldTimes collects what a receiver is told of its lines.
type toldTimes struct {
	list atomic.Pointer[[]rtcp.SenderReport]
}

func (l *toldTimes) take(r *rtcp.SenderReport) {
	var all []rtcp.SenderReport
	if list := l.list.Load(); list != nil {
		all = slices.Clone(*list)
	}
	all = append(all, *r)
	l.list.Store(&all)
}

// TestReceiversAreToldTheTimeOfPictures: the clock of the camera is an hour behind, and its
// reports take 30 to 50 ms. What a receiver is told fits what it was sent, also after a
// change of the encoding.
func TestReceiversAreToldTheTimeOfPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := NewRoom()
		cam := newCamera(room, "ann", 1, &news{})
		defer cam.close()
		w := newWatcher(room, "bob", 1)
		defer w.client.Close()
		var times toldTimes
		w.client.mu.Lock()
		w.client.sinks[0].line.Report = times.take
		w.client.mu.Unlock()
		time.Sleep(10 * time.Millisecond) // after the camera's steps, not with them
		for n, width := range []int{160, 320} {
			w.client.Want([]View{{Stream: 1, Width: width, Height: width * 9 / 16}})
			for i := range 10 {
				time.Sleep(500 * time.Millisecond)
				for _, e := range cam.layers {
					now := time.Now()
					took := time.Duration(30+20*(i%2)) * time.Millisecond
					e.mu.Lock()
					// The picture of e.time was taken at the last step of the camera.
					stamp := e.time + uint32(now.UnixMilli()%50)*clock
					e.mu.Unlock()
					ssrc := e.layer.ssrc
					time.AfterFunc(took, func() {
						e.layer.Report(&rtcp.SenderReport{SSRC: ssrc, NTPTime: toNTP(now.Add(-time.Hour)), RTPTime: stamp}, time.Now())
						e.layer.Report(&rtcp.SenderReport{SSRC: 99, NTPTime: 1, RTPTime: 1}, time.Now())
					})
				}
			}
			list := times.list.Load()
			if list == nil || len(*list) < 4*(n+1) {
				t.Fatalf("in %d s there were %v", 5*(n+1), list)
			}
			last := (*list)[len(*list)-1]
			packets := w.lines[0].all()
			newest := packets[len(packets)-1]
			passed := time.Now().UnixNano() - fromNTP(last.NTPTime)
			// Of the pictures that come now: the fastest report took 30 ms.
			want := last.RTPTime + uint32(passed*clock/int64(time.Millisecond)) + 30*clock
			if ahead := int32(want-newest.Timestamp) / clock; ahead < 0 || ahead > 60 {
				t.Errorf("%d wide: a picture is told to be %d ms from now", width, ahead)
			}
			if last.SSRC != 100 || int(last.PacketCount) < len(packets)*8/10 || int(last.PacketCount) > len(packets) || last.OctetCount < last.PacketCount*100 {
				t.Errorf("%+v after %d packets", last, len(packets))
			}
		}
	})
}

// TestSendersAreToldWhatComes: each encoding hears of its losses, and when its last report
// came.
func TestSendersAreToldWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cam := newCamera(NewRoom(), "ann", 1, &news{})
		defer cam.close()
		n := 0
		lose := loses(func(uint32, uint16) bool { n++; return n%4 == 0 })
		cam.lose.Store(&lose)
		time.Sleep(3200 * time.Millisecond)
		e := cam.layers[2]
		e.layer.Report(&rtcp.SenderReport{SSRC: 3, NTPTime: 0x1122334455667788}, time.Now())
		time.Sleep(time.Second)
		e.mu.Lock()
		defer e.mu.Unlock()
		if len(e.received) < 3 || len(e.received) > 5 {
			t.Fatalf("%d reports in 4.2 s", len(e.received))
		}
		last := e.received[len(e.received)-1]
		if last.SSRC != 3 || last.FractionLost < 40 || last.FractionLost > 90 || last.LastSenderReport != 0x33445566 || last.Delay == 0 || last.Delay > 65536 {
			t.Errorf("%+v", last)
		}
	})
}
