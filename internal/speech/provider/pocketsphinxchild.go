package provider

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"os/exec"
	"time"
)

// child is the program: requests go to its standard input, answers come from its
// standard output. It ends with the server, whose end it reads.
type child struct {
	in   io.WriteCloser
	out  *bufio.Reader
	said *bytes.Buffer // of its standard error; to be read when it has ended
	kill func()
	wait func() // until it has ended
}

// start starts the program.
func start(python string) (*child, error) {
	program := exec.Command(python, "-c", pocketsphinxProgram)
	c := &child{said: new(bytes.Buffer)}
	program.Stderr = &limited{to: c.said, left: shownOfAnswer}
	program.WaitDelay = time.Second
	in, err := program.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := program.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := program.Start(); err != nil {
		return nil, err
	}
	c.in, c.out = in, bufio.NewReader(out)
	c.kill = func() { _ = program.Process.Kill() }
	c.wait = func() { _ = program.Wait() }
	return c, nil
}

// end kills the program, and waits until it is gone.
func (c *child) end() {
	c.kill()
	c.wait()
}

// talk sends a request and reads its answer.
func (c *child) talk(phrases []string, samples []int16, got *choosing) error {
	request, err := json.Marshal(map[string]any{"phrases": phrases, "bytes": 2 * len(samples)})
	if err != nil {
		return err
	}
	if _, err := c.in.Write(appendPCM(append(request, '\n'), samples)); err != nil {
		return err
	}
	line, err := c.out.ReadSlice('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, got)
}
