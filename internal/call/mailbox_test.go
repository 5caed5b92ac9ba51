package call

import (
	"sync"
	"testing"
)

func TestMailboxKeepsEachSendersOrder(t *testing.T) {
	const senders, letters = 8, 1000
	m := newMailbox()
	last := make([]int, senders)
	var sending sync.WaitGroup
	for s := range senders {
		sending.Go(func() {
			for n := 1; n <= letters; n++ {
				m.put(func() {
					if last[s] != n-1 {
						t.Errorf("sender %d: %d came after %d", s, n, last[s])
					}
					last[s] = n
				})
			}
		})
	}
	for read := 0; read < senders*letters; {
		<-m.wake
		for _, letter := range m.take() {
			letter()
			read++
		}
	}
	sending.Wait()
	if left := m.take(); len(left) != 0 {
		t.Errorf("%d letters are left", len(left))
	}
}

func BenchmarkMailbox(b *testing.B) {
	b.ReportAllocs()
	m := newMailbox()
	read := func() {}
	for b.Loop() {
		m.put(read)
		<-m.wake
		m.take()
	}
}
