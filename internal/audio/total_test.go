package audio

import "testing"

func TestTotalOfATick(t *testing.T) {
	of := func(size int, value int16) Frame {
		f := make(Frame, size)
		for i := range f {
			f[i] = value
		}
		return f
	}
	for _, test := range []struct {
		name string
		says []Frame
		size int
		want int16
	}{
		{"nobody", nil, 0, 0},
		{"silence", []Frame{nil, {}}, 0, 0},
		{"one", []Frame{nil, of(160, 7), nil}, 160, 7},
		{"several", []Frame{of(320, 7), of(320, 100), nil, of(320, -3)}, 320, 104},
		{"of two sizes", []Frame{of(160, 7), of(320, 100)}, 160, 7},
		{"too loud", []Frame{of(160, 30000), of(160, 30000), of(160, 30000)}, 160, 32767},
		{"too loud only in between", []Frame{of(160, 30000), of(160, 30000), of(160, -30000)}, 160, 30000},
	} {
		var total Total
		for round := range 2 {
			for _, f := range test.says {
				total.Add(f)
			}
			heard := total.Take()
			if (heard == nil) != (test.size == 0) || len(heard) != test.size {
				t.Errorf("%s: a frame of %d samples", test.name, len(heard))
				continue
			}
			for i, s := range heard {
				if s != test.want {
					t.Fatalf("%s, tick %d: %d at sample %d, want %d", test.name, round, s, i, test.want)
				}
			}
			total.Add(of(160, 1000))
			total.Drop()
		}
	}
}
