package crash

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// moment is when a parent kills its child: so many lines have come, and so much
// time has gone since.
type moment struct {
	lines int
	after time.Duration
}

// live runs one life of a child to its end and takes in what it reports. It
// tells whether the child was killed. A tracer is put before the command line.
func (l *ledger) live(ctx context.Context, this life, at *moment, tracer ...string) (killed bool, err error) {
	text, err := json.Marshal(this)
	if err != nil {
		return false, err
	}
	reading, writing, err := os.Pipe()
	if err != nil {
		return false, err
	}
	defer reading.Close()
	line := append(tracer, os.Args[0])
	command := exec.CommandContext(ctx, line[0], line[1:]...)
	command.Env = append(os.Environ(), childLife+"="+string(text))
	command.ExtraFiles = []*os.File{writing}
	var complaints bytes.Buffer
	command.Stderr = &complaints
	err = command.Start()
	writing.Close()
	if err != nil {
		return false, err
	}
	listening := l.listen(reading, func(lines int) {
		if at != nil && lines == at.lines {
			time.AfterFunc(at.after, func() { _ = command.Process.Kill() })
		}
	})
	err = command.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
			return true, listening
		}
	}
	if err != nil {
		err = fmt.Errorf("life %d: %w: %s", this.Number, err, complaints.String())
	}
	return false, errors.Join(err, listening)
}

// listen takes in all reports until the pipe ends.
func (l *ledger) listen(from *os.File, heard func(lines int)) error {
	scanner := bufio.NewScanner(from)
	lines := 0
	for scanner.Scan() {
		var r report
		if err := json.Unmarshal(scanner.Bytes(), &r); err != nil {
			return fmt.Errorf("a report %q: %w", scanner.Text(), err)
		}
		l.note(r)
		lines++
		heard(lines)
	}
	return scanner.Err()
}
