package audio

import "testing"

func TestFilterBanksAreSharedAndBounded(t *testing.T) {
	bankOf := func(from, to int) *float32 {
		r, err := NewResampler(from, to)
		if err != nil {
			t.Fatal(err)
		}
		return &r.rows[0][0]
	}
	first := bankOf(44100, 8000)
	if bankOf(44100, 8000) != first || bankOf(48000, 16000) != bankOf(24000, 8000) {
		t.Error("two resamplers of one ratio have a filter bank each")
	}
	for rate := 8000; rate < 8000+50*160; rate += 160 {
		bankOf(rate, 16000)
	}
	sharedBanks.Lock()
	defer sharedBanks.Unlock()
	if n := len(sharedBanks.byRatio); n == 0 || n > maxSharedBanks {
		t.Errorf("%d filter banks are kept", n)
	}
}
