package soundfile

import (
	"bufio"
	"io"
)

// mp3Input remembers why the file broke off: the decoder does not tell.
type mp3Input struct {
	in  *bufio.Reader
	err error // of the file's reader
}

// Read implements io.Reader.
func (i *mp3Input) Read(b []byte) (int, error) {
	n, err := i.in.Read(b)
	i.keep(err)
	return n, err
}

func (i *mp3Input) keep(err error) {
	if err != nil && err != io.EOF {
		i.err = err
	}
}
